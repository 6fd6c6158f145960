"""CDK context: the options of one deployment, validated before any construct is created."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_args

from functions.domain.kinds import Kinds
from functions.function_options import FunctionOptions
from functions.http.route import Option as RouteOption
from functions.option_types import Flag, Number, Text
from infra.checks import (
    ContextError,
    check_delivery,
    check_files,
    check_lower_bounds,
    check_owner_claim,
    check_presence,
)
from infra.concurrency_options import ConcurrencyOptions
from infra.events_options import check_block
from infra.feature_options import FeatureOptions
from infra.kinds_file import kinds_path, read_kinds
from infra.observability_options import ObservabilityOptions
from infra.options import Choice, TextList, accepted_values, context_key, option, parse
from infra.service_options import MAX_SCOPES, check_service, find_service_scope
from infra.throttle_options import ThrottleOptions
from infra.web_options import WebOptions

# Quota of API Gateway for each authorizer.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
_MAX_AUDIENCES = 50
# A user pool puts this scope into the access token of each sign-in through its API, such as SRP, and into no ID token.
# Custom scopes come only from the OAuth flow of the pool, which needs a domain and a resource server.
# https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
_COGNITO_SCOPE = "aws.cognito.signin.user.admin"


@dataclass(frozen=True, kw_only=True)
class Deployment(FeatureOptions, ConcurrencyOptions, ObservabilityOptions, WebOptions, ThrottleOptions):
    """Options of one deployment. Each field is one context key, in camelCase."""

    stage: Annotated[
        str,
        Text(
            doc="Name of the deployment; its stack is `Airlock-{stage}`. `dev` and `dev-...` are ephemeral: "
            "deleting the stack deletes their data (empty the bucket first). Every other stage retains its data and has "
            "deletion protection.",
            accepts="up to 30 lower-case letters, digits and hyphens, of which the first is a letter",
            pattern=r"[a-z][a-z0-9-]{0,29}",
        ),
    ] = "dev"
    oidc_issuer: Annotated[
        str | None,
        Text(
            doc="OpenID Connect issuer of the access tokens. Without this key the stack creates a Cognito user pool. "
            "Requires `oidcAudience` and `scopes`.",
            accepts="an https URL without query and fragment",
            pattern=r"https://[^\s?#]+",
        ),
    ] = None
    oidc_audience: Annotated[
        tuple[str, ...],
        TextList(
            doc="Accepted audiences (`aud` or `client_id`) of the access tokens. Requires `oidcIssuer`.",
            accepts=f"up to {_MAX_AUDIENCES} audiences",
            pattern=r"\S+",
            max_items=_MAX_AUDIENCES,
        ),
    ] = ()
    # Never empty, because the scope is what distinguishes an access token from an ID token.
    scopes: Annotated[
        tuple[str, ...],
        TextList(
            doc="An access token must have one of these scopes, on every route. The default is the scope that a user pool "
            "puts into the access tokens of a sign-in through its API. Required with `oidcIssuer`.",
            accepts=f"up to {MAX_SCOPES} scopes",
            pattern=r"\S+",
            max_items=MAX_SCOPES,
        ),
    ] = (_COGNITO_SCOPE,)
    kms: Annotated[
        str,
        Choice(
            doc="`true` encrypts bucket, table, queues, logs and alarms with a KMS key that the stack creates, instead of keys "
            "that AWS owns. `standby` creates the key and lets the functions use it, and encrypts nothing new with it: the step "
            "between the two on a stage with data ([how](deploy.md#switch-kms-on-or-off)).",
            values=("false", "standby", "true"),
        ),
    ] = "false"
    alarm_email: Annotated[
        tuple[str, ...],
        TextList(
            doc="E-mail addresses that the alarms notify, through the SNS topic of the deployment. Each has to confirm the "
            "message that AWS sends. Without this key nobody is notified until you subscribe to the topic.",
            accepts="e-mail addresses",
            pattern=r"[^\s@,]+@[^\s@,]+\.[^\s@,]+",
        ),
    ] = ()
    docs: Annotated[
        bool,
        Flag(doc="Serves the API description to everybody, at `/docs` and `/openapi.json`."),
    ] = True
    inventory: Annotated[
        bool,
        Flag(
            doc="Sweeps read weekly reports of S3 Inventory instead of listing `documents/` and `renditions/`, for buckets "
            "with billions of objects: see [S3 Inventory](inventory.md)."
        ),
    ] = False
    kinds_file: Annotated[
        str,
        Text(
            doc="File with the kinds of documents that are accepted, and the steps of each. It is validated, and deployed "
            "with the functions.",
            accepts="the path of a `.toml` file, relative to the checkout",
            pattern=r"\S.*\.toml",
        ),
    ] = "functions/kinds.toml"
    clamav_containers: Annotated[
        int,
        Number(
            doc="Maximum number of containers with ClamAV, each of which scans one file at a time. Without files there is none.",
            unit="count",
            maximum=100,
        ),
    ] = 4
    scanned_bytes_alarm: Annotated[
        int,
        Number(
            doc="Bytes that GuardDuty scans in a day, from which an alarm says so, because each scan is billed: see "
            "[costs of a scan](steps.md#what-a-scan-costs).",
            unit="bytes",
        ),
    ] = 1 << 40

    @property
    def is_ephemeral(self) -> bool:
        """True for `dev` and `dev-...`, whose data is deleted with the stack."""
        return self.stage == "dev" or self.stage.startswith("dev-")

    @property
    def route_options(self) -> frozenset[str]:
        """The options with routes of their own that are on."""
        return frozenset(name for name in get_args(RouteOption) if getattr(self, name))

    @property
    def route_scopes(self) -> tuple[str, ...]:
        """The scopes of which a token needs one, on every route."""
        scope = find_service_scope(self)
        return (*self.scopes, scope) if scope else self.scopes

    @property
    def has_key(self) -> bool:
        """True if the stack has a KMS key, which the functions may use."""
        return self.kms != "false"

    @property
    def encrypts_with_key(self) -> bool:
        """True if what is written is encrypted with the KMS key of the stack."""
        return self.kms == "true"

    @property
    def function_options(self) -> dict[str, Any]:
        """The keyword arguments of `Settings` that are no resources."""
        options = {field.name: getattr(self, field.name) for field in fields(FunctionOptions)}
        return options | {"service_scope": find_service_scope(self)}

    @property
    def bundled_files(self) -> Mapping[str, Path]:
        """The files of the deployment that replace those of the package `functions`, by name."""
        return {"kinds.toml": kinds_path(self.kinds_file), "texts.toml": self.texts_path}

    def read_kinds(self) -> Kinds:
        """Returns the kinds and the definitions of their steps. Raises ContextError."""
        try:
            return read_kinds(self.kinds_file)
        except (OSError, ValueError) as error:
            raise ContextError(f"kindsFile is {self.kinds_file!r}: {error}") from error

    @classmethod
    def from_context(cls, context: Mapping[str, object]) -> "Deployment":
        """Parses and validates all keys. Raises ContextError."""
        values = _parse_options(context)
        if values.get("page"):
            values = {"web_origins": ()} | values  # its own origin is the only one unless others are given
        deployment = cls(**values)
        check_presence(deployment, given=values)
        check_owner_claim(deployment)
        check_lower_bounds(deployment)
        check_block(deployment)
        check_service(deployment)
        check_delivery(deployment)
        check_files(deployment)
        return deployment


OPTIONS = {context_key(field.name): field for field in fields(Deployment)}
"""Context key -> field."""


def _parse_options(context: Mapping[str, object]) -> dict[str, Any]:
    """Returns field name -> value of each key that is given."""
    values = {}
    for key in filter(_is_ours, context):
        if key not in OPTIONS:
            raise ContextError(f"unknown key {key!r}; known keys: {', '.join(sorted(OPTIONS))}")
        described = option(OPTIONS[key])
        try:
            values[OPTIONS[key].name] = parse(described, context[key])
        except ValueError:
            message = f"{key} is {context[key]!r}; accepted: {accepted_values(described)}"
            raise ContextError(message) from None
    return values


def _is_ours(key: str) -> bool:
    """False for the keys of CDK and its command line: each contains `:`, `/` or `-`."""
    return not set(key) & set(":/-")
