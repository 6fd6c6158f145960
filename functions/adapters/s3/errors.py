"""S3's errors that say "not now": ours is one, because for the caller they are one."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

_BUSY = frozenset(
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


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


@contextmanager
def unavailable_when_busy() -> Iterator[None]:
    """Raises Unavailable for throttling, S3's own faults, and a connection that breaks or times out."""
    try:
        yield
    except ClientError as error:
        if code(error) in _BUSY:
            raise _unavailable() from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, "S3 is busy; try again.", retry_after=1)
