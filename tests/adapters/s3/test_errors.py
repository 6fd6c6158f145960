"""Translation of S3's temporary errors."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.adapters.s3.errors import error_code, unavailable_when_busy
from functions.domain.errors import Unavailable


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetObject")


@pytest.mark.parametrize(
    "error",
    [
        client_error("SlowDown"),
        client_error("503"),
        EndpointConnectionError(endpoint_url="http://x"),
        ReadTimeoutError(endpoint_url="http://x"),
    ],
)
def test_a_temporary_error_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable) as translated, unavailable_when_busy():
        raise error
    assert (translated.value.code, translated.value.retry_after) == ("storage_unavailable", 1)
    assert translated.value.__cause__ is error


@pytest.mark.parametrize("error", [client_error("AccessDenied"), client_error("404"), ValueError("a bug")])
def test_any_other_error_is_raised_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, unavailable_when_busy():
        raise error
    assert raised.value is error


def test_the_error_code_is_that_of_s3() -> None:
    assert error_code(client_error("NoSuchKey")) == "NoSuchKey"
