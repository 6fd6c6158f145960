"""Settings of the functions. Each field carries its documentation, its default and its bounds.

`infra` reads options from CDK context and writes all settings into the environment of each function, which reads them
back. `docs/settings.md` is generated from the same fields.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Annotated, Any, Literal, NamedTuple, get_args

from functions.domain.parts import DEFAULT_PART, MAX_PART, MIN_PART

_PREFIX = "AIRLOCK_"
_DAY = 86_400


# Named tuples, because defining a frozen dataclass takes several times as long, and each cold start pays for that.
class Number(NamedTuple):
    """A whole number of at least `minimum`."""

    doc: str
    unit: Literal["seconds", "days", "bytes", "count"]
    maximum: int | None = None
    at_least: str | None = None
    """Name of the field whose value is the lower bound; None: the lower bound is `minimum`."""
    minimum: int = 1


class Text(NamedTuple):
    """A string that matches `pattern` as a whole. `accepts` describes the pattern in English."""

    doc: str
    accepts: str
    pattern: str


class Flag(NamedTuple):
    """True or false."""

    doc: str


class Resource(NamedTuple):
    """Name or URL of a resource that the stack creates, which is not an option."""

    doc: str


@dataclass(frozen=True, kw_only=True)
class FunctionOptions:
    """Options of a deployment that its functions read."""

    owner_claim: Annotated[
        str,
        Text(
            doc="Claim of the access token that identifies the owner of a document, such as `sub`. With the claim of a "
            "tenant id, all members of a tenant share their documents.",
            accepts="a claim name without white space and commas",
            pattern=r"[^\s,]+",
        ),
    ] = "sub"
    # S3 accepts up to 7 days. A leaked URL is usable for as long as it is valid, so the bounds are far lower.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
    url_lifetime: Annotated[
        int,
        Number(
            doc="Lifetime of presigned upload URLs. Also the maximum signature age in the bucket policy.",
            unit="seconds",
            maximum=900,
        ),
    ] = 900
    download_lifetime: Annotated[
        int,
        Number(
            doc="Lifetime of presigned download URLs. Also the maximum signature age in the bucket policy for "
            "documents and renditions, so a range request that starts later is rejected. Download URLs are shared, logged and kept in "
            "browser histories, so they expire earlier than upload URLs.",
            unit="seconds",
            maximum=300,
        ),
    ] = 300
    upload_lifetime: Annotated[
        int,
        Number(
            doc="Longest time from the creation of a document, or from a request for part URLs, until its bytes must have "
            "arrived. An upload of which S3 has nothing yet has less: at least an hour, and long enough for 1 Mbit/s.",
            unit="seconds",
            maximum=7 * _DAY,
            at_least="url_lifetime",
        ),
    ] = _DAY
    multipart_lifetime: Annotated[
        int,
        Number(
            doc="Longest time from the creation of a document until its multipart upload must be complete. Each request for "
            "part URLs allows another `uploadLifetime`, but no more than this in all.",
            unit="seconds",
            maximum=30 * _DAY,
            at_least="upload_lifetime",
        ),
    ] = 7 * _DAY
    form_lifetime: Annotated[
        int,
        Number(
            doc="Lifetime of presigned forms, of which at most `urlLifetime` counts. S3 accepts a form more than once, so forms "
            "expire earlier than URLs.",
            unit="seconds",
            maximum=900,
        ),
    ] = 300
    restore_window: Annotated[
        int,
        Number(
            doc="Time after a delete during which the document can be restored. Its bytes are stored, billed and counted "
            "until then.",
            unit="seconds",
            maximum=3_650 * _DAY,
        ),
    ] = 7 * _DAY
    part_size: Annotated[
        int,
        Number(
            doc="Size of the parts of a multipart upload. Files that need more than 10,000 parts of this size get larger "
            "parts. A larger file is uploaded in parts unless the client asks for another method or sends a SHA-256. Smaller parts cost "
            "more requests; when a part of a larger one fails, more is sent again.",
            unit="bytes",
            minimum=MIN_PART,
            maximum=MAX_PART,
        ),
    ] = DEFAULT_PART
    failed_retention: Annotated[
        int,
        Number(
            doc="Days after a failure at which the document is purged with its bytes; 0: never, so that they stay until "
            "the document is redriven or deleted. Holds for what fails from then on. `bytesExpireAt` of a failed "
            "document shows the time.",
            unit="days",
            minimum=0,
            maximum=3_650,
        ),
    ] = 0
    quarantine_days: Annotated[
        int,
        Number(
            doc="Days for which the bytes of a file with malware are kept under `quarantine/`, where only an "
            "[operator](operate.md#quarantine) reads them; 0: never, so that they are deleted as those of any rejected file.",
            unit="days",
            minimum=0,
            maximum=365,
        ),
    ] = 0
    open_uploads_limit: Annotated[
        int, Number(doc="Maximum number of open uploads of one owner.", unit="count")
    ] = 1_000
    stored_bytes_limit: Annotated[
        int,
        Number(
            doc="Maximum size of all documents of one owner. Open uploads and deleted documents that can be restored "
            "count too.",
            unit="bytes",
        ),
    ] = 10 << 40
    daily_files_limit: Annotated[
        int, Number(doc="Maximum number of documents that one owner creates in a day (UTC).", unit="count")
    ] = 10_000
    daily_bytes_limit: Annotated[
        int, Number(doc="Maximum size of the documents that one owner creates in a day (UTC).", unit="bytes")
    ] = 10 << 40
    suspicious_creates: Annotated[
        int,
        Number(
            doc="Documents that one owner creates in a day (UTC) before the event [`owner.suspicious`](events.md#suspicious-owners) "
            "is published; 0: never. A number switches `events` on, as those of the two others do.",
            unit="count",
            minimum=0,
        ),
    ] = 0
    suspicious_bytes: Annotated[
        int,
        Number(
            doc="Size of the documents that one owner creates in a day (UTC) before that event; 0: never.",
            unit="bytes",
            minimum=0,
        ),
    ] = 0
    suspicious_rejections: Annotated[
        int,
        Number(
            doc="Documents of one owner that are rejected in a day (UTC) before that event; 0: never.",
            unit="count",
            minimum=0,
        ),
    ] = 0
    scanner: Annotated[
        str,
        Text(
            doc="Malware scanner of the kinds that list the step `scan`: [GuardDuty or ClamAV](steps.md#scan). Empty: none, so "
            "that no kind may list it.",
            accepts="`guardduty` or `clamav`",
            pattern="guardduty|clamav",
        ),
    ] = ""
    create_rate: Annotated[
        int,
        Number(
            doc="Documents that one owner may create in a second, sustained. Each document of a batch counts.",
            unit="count",
            maximum=1_000,
        ),
    ] = 10
    create_burst: Annotated[
        int,
        Number(
            doc="Documents that one owner may create at once after a pause, before `createRate` limits them.",
            unit="count",
            minimum=500,
        ),
    ] = 1_000
    push: Annotated[
        bool,
        Flag(
            doc="Tells pages of changes of their user's documents at once, over WebSockets, instead of their polls alone: see "
            "[push](push.md). Turns the events on."
        ),
    ] = False
    connections_limit: Annotated[
        int,
        Number(
            doc="Maximum number of [push](push.md) connections of one owner. Each page that is open has one.",
            unit="count",
            maximum=1_000,
        ),
    ] = 500


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
    step: Annotated[
        str, Resource("Name of the step whose tasks a function processes, empty for every other function.")
    ] = ""

    def to_environment(self) -> dict[str, str]:
        """Returns the environment variables of a function. Resources may be unresolved CDK tokens."""
        return {_variable(field): str(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Reads what `to_environment` returned. Raises KeyError with the first missing variable, and ValueError."""
        return cls(**{field.name: _value(field, environment[_variable(field)]) for field in fields(cls)})


def description(field: "Field[Any]") -> Any:
    """Returns what the annotation of a field says about it, such as a `Number`."""
    return get_args(field.type)[1]


def _variable(field: "Field[Any]") -> str:
    return _PREFIX + field.name.upper()


def _value(field: "Field[Any]", text: str) -> Any:
    match description(field):
        case Number():
            return int(text)
        case Flag():
            return text == str(True)
        case _:
            return text
