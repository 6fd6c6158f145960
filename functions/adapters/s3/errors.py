"""Translation of the errors of S3 into one error, Unavailable."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from botocore.exceptions import ClientError

from functions.adapters.boto3_faults import error_code, unavailable_when_faulty
from functions.domain.codes import Code
from functions.domain.errors import version_gone

MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "405", "MethodNotAllowed"})
"""Error codes for a missing version. S3 responds to a delete marker with 405."""


def unavailable_when_busy() -> AbstractContextManager[None]:
    """Raises Unavailable `storage_unavailable` for every fault of S3."""
    return unavailable_when_faulty(Code.STORAGE_UNAVAILABLE, "S3")


@contextmanager
def unavailable_when_missing() -> Iterator[None]:
    """Raises Unavailable for a missing version that existed when it was opened. The next attempt decides."""
    try:
        yield
    except ClientError as error:
        if error_code(error) in MISSING:
            raise version_gone() from error
        raise
