"""Connections of a WebSocket API: what is requested, and the end of a message for each error of API Gateway."""

from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from functions.adapters.apigateway import ApiGatewaySockets
from functions.domain.push import SendOutcome
from tests.moto_account import REGION


@pytest.fixture
def stubber() -> Stubber:
    client = boto3.client(
        "apigatewaymanagementapi",
        REGION,
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    return Stubber(cast(Any, client))


def sockets_of(stubber: Stubber) -> ApiGatewaySockets:
    return ApiGatewaySockets(cast(Any, stubber.client))


def test_a_message_is_sent_as_utf_8(stubber: Stubber) -> None:
    stubber.add_response("post_to_connection", {}, {"ConnectionId": "one=", "Data": "ä".encode()})
    with stubber:
        assert sockets_of(stubber).send("one=", "ä") is SendOutcome.SENT


@pytest.mark.parametrize(
    ("code", "status", "end"),
    [
        ("GoneException", 410, SendOutcome.GONE),
        ("LimitExceededException", 429, SendOutcome.FAILED),
        ("ForbiddenException", 403, SendOutcome.FAILED),
        ("PayloadTooLargeException", 413, SendOutcome.FAILED),
        ("InternalServerError", 500, SendOutcome.FAILED),
    ],
)
def test_each_error_is_an_end(stubber: Stubber, code: str, status: int, end: SendOutcome) -> None:
    stubber.add_client_error("post_to_connection", code, http_status_code=status)
    with stubber:
        assert sockets_of(stubber).send("one=", "text") is end


def test_an_api_that_does_not_answer_is_a_failure(stubber: Stubber) -> None:
    assert sockets_of(stubber).send("one=", "text") is SendOutcome.FAILED
    sockets_of(stubber).close("one=")


def test_a_connection_that_is_closed_already_can_be_closed(stubber: Stubber) -> None:
    stubber.add_response("delete_connection", {}, {"ConnectionId": "one="})
    stubber.add_client_error("delete_connection", "GoneException", http_status_code=410)
    with stubber:
        for _ in range(2):
            sockets_of(stubber).close("one=")
