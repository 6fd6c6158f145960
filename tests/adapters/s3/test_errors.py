"""Translation of the faults of AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.adapters.aws_errors import FAULTS
from functions.adapters.boto3_faults import error_code
from functions.adapters.s3.errors import unavailable_when_busy
from functions.domain.errors import Unavailable


def client_error(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetObject")


@pytest.mark.parametrize(
    "error",
    [
        *(client_error(code) for code in FAULTS),
        client_error("503", 503),
        client_error("ACodeThatNoPageLists", 500),
        client_error("AnotherCode", 429),
        EndpointConnectionError(endpoint_url="http://x"),
        ReadTimeoutError(endpoint_url="http://x"),
    ],
)
def test_a_fault_of_aws_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable) as translated, unavailable_when_busy():
        raise error
    assert (translated.value.code, translated.value.retry_after) == ("storage_unavailable", 1)
    assert translated.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [client_error("InvalidRequest"), client_error("404", 404), ValueError("a bug")]
)
def test_any_other_error_is_raised_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, unavailable_when_busy():
        raise error
    assert raised.value is error


def test_the_error_code_is_that_of_s3() -> None:
    assert error_code(client_error("NoSuchKey")) == "NoSuchKey"
