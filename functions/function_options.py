"""Options of a deployment that its functions read."""

from dataclasses import dataclass
from typing import Annotated

from functions.domain.parts import DEFAULT_PART, MAX_PART, MIN_PART
from functions.option_types import Flag, Number, Text

_DAY = 86_400
_ORIGIN = r"(https://([a-z0-9.-]+|\[[0-9a-f:]+\])|http://(127\.0\.0\.1|localhost|\[::1\]))(:[0-9]+)?"
"""An origin as a browser writes it."""


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
    service_scope: Annotated[
        str,
        Text(
            doc="Scope of the tokens of [back ends](back-ends.md) that may create documents on behalf of users. Only with "
            "`oidcIssuer`, which must grant it to no user; the stack's user pool takes `serviceClients`. Empty: no token may.",
            accepts="a scope, which `scopes` does not contain",
            pattern=r"\S+",
        ),
    ] = ""
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
    redirect_origins: Annotated[
        str,
        Text(
            doc="Origins that a form may lead back to: those of `successRedirect` in a create, see [forms](forms.md). Empty: "
            "none.",
            accepts="origins such as `https://app.example.com`, separated by commas; `http://` for a loopback host only",
            pattern=rf"{_ORIGIN}(,{_ORIGIN})*",
        ),
    ] = ""
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
    call_rate: Annotated[
        int,
        Number(
            doc="Requests that one owner may send in a second, sustained, to every route of documents, uploads and usage; 0: "
            "[no limit of an owner](limits.md#calls-of-an-owner), and no write or right for it.",
            unit="count",
            minimum=0,
            maximum=10_000,
        ),
    ] = 0
    call_burst: Annotated[
        int,
        Number(
            doc="Requests that one owner may send at once after a pause, before `callRate` limits them.",
            unit="count",
            minimum=100,
            maximum=1_000_000,
        ),
    ] = 1_000
    daily_download_bytes_limit: Annotated[
        int,
        Number(
            doc="Maximum size of what the [download URLs](limits.md#downloads-of-an-owner) of one owner and day (UTC) return; "
            "0: no limit, and no write or right for it. The first URL of a day is issued whatever the size.",
            unit="bytes",
            minimum=0,
        ),
    ] = 0
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
