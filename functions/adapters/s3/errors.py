"""Translation of the faults of S3 into one error, Unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.aws_errors import is_client_fault
from functions.domain.codes import Code
from functions.domain.errors import Unavailable


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


def _unavailable(reason: str) -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, f"S3 is unavailable ({reason}); try again.", retry_after=1)
