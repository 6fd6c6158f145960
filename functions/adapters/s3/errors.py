"""Translation of the faults of S3 into one error, Unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.aws_errors import is_client_fault
from functions.domain.codes import Code
from functions.domain.errors import Unavailable, version_gone

MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})
"""Error codes for a missing version. S3 responds to a delete marker with 405."""


def error_code(error: ClientError) -> str:
    """Returns S3's error code. For HEAD requests, whose responses have no body, it is the HTTP status."""
    return str(error.response["Error"]["Code"])


@contextmanager
def unavailable_when_busy() -> Iterator[None]:
    """Raises Unavailable for every fault in `aws_errors`, and for a connection that breaks or times out."""
    try:
        yield
    except ClientError as error:
        if is_client_fault(error):
            raise _unavailable(error_code(error)) from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise _unavailable("no response") from error


@contextmanager
def unavailable_when_missing() -> Iterator[None]:
    """Raises Unavailable for a missing version that existed when it was opened. The next attempt decides."""
    try:
        yield
    except ClientError as error:
        if error_code(error) in MISSING:
            raise version_gone() from error
        raise


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, f"S3 is unavailable ({reason}); try again.", retry_after=1)
