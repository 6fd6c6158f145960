"""Translation of errors of AWS for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from operate.errors import OperateError


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises OperateError for every error of boto3 in the block."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OperateError(str(error)) from error


def error_code(error: ClientError) -> str:
    """Returns the code of AWS's error response."""
    return str(error.response.get("Error", {}).get("Code", ""))
