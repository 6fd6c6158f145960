"""Faults of the table as Unavailable, with a text that says whether a write may have taken effect.

The client sends nothing again after some of them, such as a missing right, but a later delivery or call may succeed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from functions.adapters.aws_errors import FAULTS
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.connections import NoResponseError
from functions.domain.codes import Code
from functions.domain.errors import Unavailable

TRY_AGAIN = "The table is unavailable; try again."
"""Text for a read, and for a write that has not been processed."""


@contextmanager
def translate_errors(unknown: str = TRY_AGAIN) -> Iterator[None]:
    """Raises Unavailable for a fault, with the text `unknown` if a write may have been processed."""
    try:
        yield
    except DynamoDBError as error:
        if not error.is_temporary and error.code not in FAULTS:
            raise
        certain = f"The table is unavailable ({error.code}); try again."
        raise table_unavailable(unknown if error.may_be_processed else certain) from error
    except NoResponseError as error:
        raise table_unavailable(unknown if error.may_be_processed else TRY_AGAIN) from error
    except ConnectionError as error:
        raise table_unavailable(unknown) from error


def table_unavailable(detail: str = TRY_AGAIN) -> Unavailable:
    return Unavailable(Code.STORAGE_UNAVAILABLE, detail, retry_after=1)
