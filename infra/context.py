"""What a deployer decides, read from CDK context and checked before anything is built from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from functions.settings import Settings

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_DAY = 86_400
# API Gateway: 50 audiences an authorizer, 10 scopes a route.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
_AUDIENCES = 50
_SCOPES = 10
_COGNITO_SCOPE = "aws.cognito.signin.user.admin"
"""What a user pool puts into every access token of a sign-in through its API, such as SRP, and into no ID token. Scopes of
one's own come only from its OAuth flow, which needs a domain and a resource server.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html"""


class ContextError(ValueError):
    """A context key or value that the stack cannot be built from; the message names the key."""


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


_NUMBERS = {_camel(field.name): field for field in fields(Settings) if field.type is int}
_LONGEST = {"urlLifetime": 900, "downloadLifetime": 300}
_KEYS = {"stage", "webOrigins", "oidcIssuer", "oidcAudience", "scopes", "ownerClaim", "kms", *_NUMBERS}


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment's choices. `numbers` holds every whole number of Settings, by its Python name."""

    stage: str
    web_origins: tuple[str, ...]
    oidc_issuer: str | None
    """None: the stack makes a Cognito user pool."""
    oidc_audience: tuple[str, ...]
    scopes: tuple[str, ...]
    """A token needs one of them on every route; never empty, because an ID token is told from an access token by it."""
    owner_claim: str
    kms: bool
    """A KMS key of the deployment's own encrypts bucket, table and queues."""
    numbers: Mapping[str, int]

    @property
    def is_ephemeral(self) -> bool:
        """True for `dev` and `dev-...`. Any other name, `prod` or not, keeps its data when the stack is deleted."""
        return self.stage == "dev" or self.stage.startswith("dev-")

    def settings(self, *, bucket: str, table: str, upload_events_url: str, purge_queue_url: str) -> Settings:
        """The object that every function reads; what is given here may be CDK tokens."""
        numbers: dict[str, int] = dict(self.numbers)
        return Settings(
            bucket=bucket,
            table=table,
            upload_events_url=upload_events_url,
            purge_queue_url=purge_queue_url,
            owner_claim=self.owner_claim,
            **numbers,
        )

    @classmethod
    def from_context(cls, context: Mapping[str, object]) -> "Deployment":
        """Reads and checks all keys. Raises ContextError."""
        _refuse_unknown(context)
        issuer, audience = _identity(context)
        deployment = cls(
            stage=_matching(context, "stage", "dev", r"[a-z][a-z0-9-]{0,29}"),
            web_origins=tuple(_origin(o) for o in _list(context, "webOrigins", ("http://127.0.0.1:8080",))),
            oidc_issuer=issuer,
            oidc_audience=audience,
            scopes=_scopes(context, own_pool=issuer is None),
            owner_claim=_matching(context, "ownerClaim", "sub", r"[^\s,]+"),
            kms=_flag(context, "kms"),
            numbers=_numbers(context),
        )
        if not deployment.is_ephemeral and "webOrigins" not in context:
            raise ContextError(
                f"webOrigins is missing: stage {deployment.stage!r} needs its own pages' origins"
            )
        return deployment


def _refuse_unknown(context: Mapping[str, object]) -> None:
    """A misspelt `oidcIssuer` would make a user pool in silence. CDK's and its CLI's own keys hold `:`, `/` or `-`."""
    for key in context:
        if key.isalnum() and key not in _KEYS:
            raise ContextError(f"unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")


def _matching(context: Mapping[str, object], key: str, default: str, pattern: str) -> str:
    value = context.get(key, default)
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ContextError(f"{key} is {value!r}; it must match {pattern}")
    return value


def _flag(context: Mapping[str, object], key: str) -> bool:
    """False unless given; `-c key=true` gives a string."""
    value = context.get(key, False)
    if value not in (True, False, "true", "false"):
        raise ContextError(f"{key} is {value!r}; it must be true or false")
    return value in (True, "true")


def _list(context: Mapping[str, object], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """A list, or what `-c key=a,b` gives."""
    value = context.get(key, list(default))
    items = value.split(",") if isinstance(value, str) else value
    if (
        not isinstance(items, list)
        or (default and not items)
        or not all(isinstance(item, str) and item.strip() for item in items)
    ):
        raise ContextError(f"{key} is {value!r}; it must be a list of strings, or one string with commas")
    return tuple(item.strip() for item in items)


def _at_most(limit: int, key: str, items: tuple[str, ...]) -> tuple[str, ...]:
    if len(items) > limit:
        raise ContextError(f"{key} has {len(items)} entries; API Gateway takes {limit}")
    return items


def _origin(value: str) -> str:
    """An exact origin as browsers send it; plain http is for a loopback only."""
    parts = urlsplit(value)
    exact = value == f"{parts.scheme}://{parts.netloc}" and parts.hostname and "*" not in value
    if not exact or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise ContextError(f"webOrigins has {value!r}; an origin is https://host or https://host:port")
    return value


def _identity(context: Mapping[str, object]) -> tuple[str | None, tuple[str, ...]]:
    audience = _at_most(_AUDIENCES, "oidcAudience", _list(context, "oidcAudience", ()))
    if ("oidcIssuer" in context) != bool(audience):
        raise ContextError("oidcIssuer and oidcAudience belong together: give both or neither")
    if not audience:
        return None, ()
    return _matching(context, "oidcIssuer", "", r"https://[^\s?#]+"), audience


def _scopes(context: Mapping[str, object], *, own_pool: bool) -> tuple[str, ...]:
    """Another issuer's are its own business, so there is no default for them."""
    if not own_pool and "scopes" not in context:
        raise ContextError("scopes is missing: say which of oidcIssuer's scopes a token needs")
    return _at_most(_SCOPES, "scopes", _list(context, "scopes", (_COGNITO_SCOPE,)))


def _numbers(context: Mapping[str, object]) -> dict[str, int]:
    numbers = {field.name: _number(context, key, field.default) for key, field in _NUMBERS.items()}
    # S3 lets a URL live for 7 days, but a leaked one should not; the bucket's lifecycle starts where uploads end.
    for key, longest in _LONGEST.items():
        if numbers[_NUMBERS[key].name] > longest:
            raise ContextError(f"{key} is {numbers[_NUMBERS[key].name]} seconds; the longest is {longest}")
    if not numbers["url_lifetime"] <= numbers["upload_lifetime"] <= 7 * _DAY:
        raise ContextError(f"uploadLifetime must lie between urlLifetime and {7 * _DAY} seconds")
    return numbers


def _number(context: Mapping[str, object], key: str, default: object) -> int:
    value = context.get(key, default)
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]*", str(value)):
        raise ContextError(f"{key} is {value!r}; it must be a whole number above zero")
    return int(str(value))
