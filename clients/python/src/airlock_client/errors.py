"""Errors of the client. Every error has a stable `code`: the API's, S3's, or one of the client's own.

Messages contain no URL and no token, because presigned URLs are credentials.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

from airlock_client.models import FieldProblem, ItemProblem

TEMPORARY_CODES = frozenset({"upload_in_progress"})
"""Codes of requests whose first call is still running; a later call returns its result."""
_TEMPORARY_STORAGE_CODES = frozenset({"RequestTimeout", "BadDigest", "ConditionalRequestConflict"})


class AirlockError(Exception):
    """Base class of the errors of the client. `is_temporary` is true if the same request may succeed later."""

    def __init__(
        self, code: str, detail: str, *, is_temporary: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.is_temporary = is_temporary
        self.retry_after = retry_after
        """Seconds."""

    def __str__(self) -> str:
        return f"{self.detail} ({self.code})"


class ProblemError(AirlockError):
    """A problem that the API has returned (RFC 9457). docs/errors.md lists the codes."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int,
        retry_after: float | None = None,
        request_id: str | None = None,
        errors: Sequence[FieldProblem] = (),
        duplicate_of: str | None = None,
    ) -> None:
        is_temporary = status == 429 or status >= 500 or code in TEMPORARY_CODES
        super().__init__(code, detail, is_temporary=is_temporary, retry_after=retry_after)
        self.status = status
        self.request_id = request_id
        self.errors = tuple(errors)
        self.duplicate_of = duplicate_of
        """Id of the document with the same content, with `duplicate`."""


class SignInRequiredError(ProblemError):
    """The API has refused the access token, and a fresh one too."""

    def __init__(self) -> None:
        super().__init__("sign_in_required", "The API does not accept the access token.", status=401)


class StorageError(AirlockError):
    """A response of S3 that is not a success. `code` is that of S3, such as `BadDigest`."""

    def __init__(self, code: str, status: int, retry_after: float | None = None) -> None:
        is_temporary = status in (408, 429) or status >= 500 or code in _TEMPORARY_STORAGE_CODES
        super().__init__(
            code, f"The storage returned status {status}.", is_temporary=is_temporary, retry_after=retry_after
        )
        self.status = status


class NetworkError(AirlockError):
    """No response: the connection was refused, lost or too slow."""

    def __init__(self) -> None:
        super().__init__("network", "The server did not respond.", is_temporary=True)


class FileChangedError(AirlockError):
    """The file on disk is not the one that the upload was started with, or cannot be read."""

    def __init__(self, detail: str) -> None:
        super().__init__("file_changed", detail)


class IntegrityError(AirlockError):
    """The bytes are not those of the document: their size or their SHA-256 differs."""

    def __init__(self, detail: str) -> None:
        super().__init__("integrity", detail)


class WaitTimeoutError(AirlockError):
    """The document has no final status yet."""

    def __init__(self) -> None:
        super().__init__("wait_timeout", "The document is still being checked.", is_temporary=True)


def create_problem(status: int, headers: Mapping[str, str], body: Any) -> ProblemError:
    """Returns the error of an API response. `body` is its JSON; the gateway's has only a `message`."""
    if status == 401:
        return SignInRequiredError()
    fields = body if isinstance(body, dict) else {}
    detail = fields.get("detail") or fields.get("message") or f"The API returned status {status}."
    return ProblemError(
        str(fields.get("code") or f"http_{status}"),
        str(detail),
        status=status,
        retry_after=parse_retry_after(headers.get("retry-after")),
        request_id=fields.get("requestId"),
        errors=[FieldProblem.model_validate(error) for error in fields.get("errors") or ()],
        duplicate_of=fields.get("duplicateOf"),
    )


def create_item_problem(problem: ItemProblem) -> ProblemError:
    """Returns the error of one item of a batch: that of a call for this item alone."""
    return ProblemError(
        problem.code,
        problem.detail,
        status=problem.status,
        retry_after=problem.retry_after,
        errors=problem.errors or (),
        duplicate_of=problem.duplicate_of,
    )


def create_storage_error(status: int, headers: Mapping[str, str], body: bytes) -> StorageError:
    """Returns the error of a response of S3, whose body is XML with a `Code`, or empty."""
    try:
        # S3 is the only sender. Python's parser expands no external entities.
        code = ElementTree.fromstring(body).findtext("Code")  # noqa: S314
    except ElementTree.ParseError:
        code = None
    return StorageError(code or f"http_{status}", status, parse_retry_after(headers.get("retry-after")))


def parse_retry_after(value: str | None) -> float | None:
    """Returns the seconds of a Retry-After header, which is a number of seconds or a date. None without one."""
    if not value:
        return None
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except ValueError:
        return None
