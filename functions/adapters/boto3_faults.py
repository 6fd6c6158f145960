"""Translation of the faults that boto3 raises into one error, Unavailable. One place for S3, SQS and GuardDuty."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from functions.adapters.aws_errors import is_client_fault
from functions.domain.codes import Code
from functions.domain.errors import Unavailable


@contextmanager
def unavailable_when_faulty(code: Code, service: str) -> Iterator[None]:
    """Raises Unavailable for every fault in `aws_errors`, and for a connection that breaks or times out."""
    try:
        yield
    except ClientError as error:
        if is_client_fault(error):
            raise _unavailable(code, service, error_code(error)) from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise _unavailable(code, service, "no response") from error


def error_code(error: ClientError) -> str:
    """Returns the error code of AWS. For HEAD requests, whose responses have no body, it is the HTTP status."""
    return str(error.response["Error"]["Code"])


def _unavailable(code: Code, service: str, reason: str) -> Unavailable:
    return Unavailable(code, f"{service} is unavailable ({reason}); try again.", retry_after=1)
