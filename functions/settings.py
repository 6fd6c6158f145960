"""Settings of the functions. Each field carries its documentation, its default and its bounds.

`infra` reads options from CDK context and writes all settings into the environment of each function, which reads them
back. `docs/settings.md` is generated from the same fields.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Annotated, Any

from functions.function_options import FunctionOptions
from functions.option_types import Flag, Number, Resource, description

_PREFIX = "AIRLOCK_"


@dataclass(frozen=True, kw_only=True)
class Settings(FunctionOptions):
    """All settings of a function: the options of its deployment, and the resources of its stack."""

    bucket: Annotated[str, Resource("Name of the S3 bucket.")]
    table: Annotated[str, Resource("Name of the DynamoDB table.")]
    upload_events_url: Annotated[str, Resource("URL of the queue that receives the bucket's events.")]
    purge_queue_url: Annotated[str, Resource("URL of the queue of documents whose bytes are to be deleted.")]
    consumed_queues: Annotated[
        str,
        Resource(
            "URLs of the queues that functions read, each with that of its dead-letter queue, as JSON: "
            '`[["...", "..."]]`.'
        ),
    ]
    slice_queue_url: Annotated[str, Resource("URL of the queue of slices to sweep.")]
    step_queues: Annotated[
        str,
        Resource(
            "URLs of the queues of each step with a worker, as JSON: "
            '`{"promote": {"tasks": "...", "results": "..."}}`.'
        ),
    ]
    reports_bucket: Annotated[
        str, Resource("Name of the bucket with the reports of S3 Inventory, empty if there are none.")
    ] = ""
    manifest: Annotated[
        str,
        Resource(
            "ARN of the key that signs manifests, URL of the API and earlier public keys, as JSON: "
            '`{"key": "...", "issuer": "...", "earlierKeys": ["..."]}`. Empty for every function but `manifests`.'
        ),
    ] = ""
    metrics_namespace: Annotated[
        str,
        Resource(
            "Namespace of the metrics that the functions emit, which is the name of the stack; empty: none."
        ),
    ] = ""
    event_bus: Annotated[
        str, Resource("Name of the event bus that `publish` sends to, empty if events are off.")
    ] = ""
    webhook: Annotated[
        str,
        Resource(
            "Name, URL, ARN of the secret and URLs of the queues of the webhook endpoint that a function sends to, as JSON: "
            '`{"name": "...", "url": "...", "secret": "...", "queue": "...", "deadLetters": "..."}`. Empty for every other '
            "function."
        ),
    ] = ""
    push_url: Annotated[
        str, Resource("URL of the stage of the WebSocket API, empty for functions that do without it.")
    ] = ""
    audit: Annotated[
        str,
        Resource(
            'The audit trail, as JSON: for the functions of the API `{"queue": "...", "reads": true}`, for the function `audit` '
            '`{"bucket": "...", "days": 365, "chains": {"changes": "..."}}` with the URLs of its queues. Empty without a trail.'
        ),
    ] = ""
    delivery: Annotated[
        str,
        Resource(
            "Origin of the distribution, name of the secret with the private keys, and CloudFront's ids of the public keys by "
            'thumbprint, as JSON: `{"origin": "https://...", "secret": "...", "keyIds": {"...": "..."}}`. Empty where URLs are '
            "those of S3.",
            is_optional=True,
        ),
    ] = ""
    edge: Annotated[
        str,
        Resource(
            "Name of the secret that CloudFront sends to the API, and whether other calls are refused, as JSON: "
            '`{"secret": "...", "required": true}`. Empty without CloudFront in front of the API.',
            is_optional=True,
        ),
    ] = ""
    step: Annotated[
        str, Resource("Name of the step whose tasks a function processes, empty for every other function.")
    ] = ""

    def to_environment(self) -> dict[str, str]:
        """Returns the environment variables of a function. Resources may be unresolved CDK tokens."""
        values = {field: str(getattr(self, field.name)) for field in fields(self)}
        return {
            variable_name(field.name): value
            for field, value in values.items()
            if value or not _is_optional(field)
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads what `to_environment` returned. Raises KeyError with the first missing variable, and ValueError."""
        return cls(**{field.name: _value(field, _read(field, environment)) for field in fields(cls)})


_VARIABLES = {field.name: _PREFIX + field.name.upper() for field in fields(Settings)}


def variable_name(field_name: str) -> str:
    """Returns the name of the environment variable of a setting. Raises KeyError for a name that no field has."""
    return _VARIABLES[field_name]


def _is_optional(field: "Field[Any]") -> bool:
    described = description(field)
    return isinstance(described, Resource) and described.is_optional


def _read(field: "Field[Any]", environment: Mapping[str, str]) -> str:
    name = variable_name(field.name)
    return environment.get(name, "") if _is_optional(field) else environment[name]


def _value(field: "Field[Any]", text: str) -> Any:
    match description(field):
        case Number():
            return int(text)
        case Flag():
            return text == str(True)
        case _:
            return text
