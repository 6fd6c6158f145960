"""A secret in Secrets Manager: how often it is requested, and the translation of faults."""

from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.adapters.secrets_manager import CACHE_SECONDS, CachedSecret
from functions.domain.errors import Unavailable
from tests.moto_account import REGION

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:crm-AbCdEf"


@pytest.fixture
def stubber() -> Stubber:
    client = boto3.client("secretsmanager", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(cast(Any, client))


def add_value(stubber: Stubber, value: str) -> None:
    stubber.add_response("get_secret_value", {"SecretString": value}, {"SecretId": ARN})


def test_a_value_is_requested_again_after_five_minutes(stubber: Stubber) -> None:
    now = [0.0]
    secret = CachedSecret(cast(Any, stubber.client), ARN, lambda: now[0])
    add_value(stubber, "first")
    add_value(stubber, "second")
    with stubber:
        assert [secret.read(), secret.read()] == ["first", "first"]
        now[0] = CACHE_SECONDS - 1
        assert secret.read() == "first"
        now[0] = CACHE_SECONDS
        assert secret.read() == "second"
    assert "second" not in repr(secret)


def test_a_fault_is_no_fault_of_the_endpoint(stubber: Stubber) -> None:
    secret = CachedSecret(cast(Any, stubber.client), ARN)
    stubber.add_client_error("get_secret_value", "InternalServiceError", http_status_code=500)
    with stubber, pytest.raises(Unavailable):
        secret.read()


def test_a_secret_that_does_not_exist_is_an_error(stubber: Stubber) -> None:
    secret = CachedSecret(cast(Any, stubber.client), ARN)
    stubber.add_client_error("get_secret_value", "ResourceNotFoundException", http_status_code=400)
    with stubber, pytest.raises(ClientError):
        secret.read()
