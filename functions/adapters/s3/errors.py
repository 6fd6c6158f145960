"""Translation of S3's temporary errors into one error, Unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

_TEMPORARY = frozenset(
    [
        "SlowDown",
        "ServiceUnavailable",
        "InternalError",
        "RequestTimeout",
        "ConditionalRequestConflict",
        "500",
        "503",
    ]
)


def error_code(error: ClientError) -> str:
    """Returns S3's error code. For HEAD requests, whose responses have no body, it is the HTTP status."""
    return str(error.response["Error"]["Code"])


@contextmanager
def unavailable_when_busy() -> Iterator[None]:
    """Raises Unavailable for throttling, for faults of S3, and for a connection that breaks or times out."""
    try:
        yield
    except ClientError as error:
        if error_code(error) in _TEMPORARY:
            raise _unavailable() from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, "S3 is unavailable; try again.", retry_after=1)
