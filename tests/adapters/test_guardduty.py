"""Requests for a malware scan, and the translation of GuardDuty's errors."""

from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.adapters.guardduty import GuardDuty
from functions.domain.errors import Unavailable
from tests.moto_account import REGION


@pytest.fixture
def stubber() -> Stubber:
    client = boto3.client("guardduty", REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(cast(Any, client))


def request_scan(stubber: Stubber) -> None:
    with stubber:
        GuardDuty(cast(Any, stubber.client), "a-bucket").request_scan("staging/scan/k", "v1")


def test_a_request_names_the_version(stubber: Stubber) -> None:
    target = {"Bucket": "a-bucket", "Key": "staging/scan/k", "VersionId": "v1"}
    stubber.add_response("send_object_malware_scan", {}, {"S3Object": target})
    request_scan(stubber)
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDeniedException", 403),
        ("ThrottlingException", 400),
        ("InternalServerErrorException", 500),
        ("TooManyRequestsException", 429),
    ],
)
def test_a_fault_is_retried(stubber: Stubber, code: str, status: int) -> None:
    stubber.add_client_error("send_object_malware_scan", code, http_status_code=status)
    with pytest.raises(Unavailable):
        request_scan(stubber)


def test_a_bad_request_is_a_bug(stubber: Stubber) -> None:
    stubber.add_client_error("send_object_malware_scan", "BadRequestException", http_status_code=400)
    with pytest.raises(ClientError):
        request_scan(stubber)
