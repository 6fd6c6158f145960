"""The route of tickets, the handshake of a connection, and the events that reach it."""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import ANY, Stubber

from functions.domain.keys import owner_key
from functions.lambdas import push, sockets
from functions.wiring import clients
from functions.wiring.push import fan_out
from tests.lambdas.account import PUSH_URL, Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context


def ticket_of(api: Api) -> str:
    answer = api.post("/events/tickets")
    assert answer.status == 201, answer.text
    url = urlsplit(answer.json["url"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == PUSH_URL
    [ticket] = parse_qs(url.query)["ticket"]
    return str(ticket)


def socket(event: str, connection_id: str, **more: Any) -> int:
    context = {"eventType": event, "connectionId": connection_id, "routeKey": f"${event.lower()}"}
    status: int = sockets.lambda_handler({"requestContext": context, **more}, Context())["statusCode"]
    return status


def connect(ticket: str, connection_id: str) -> int:
    return socket("CONNECT", connection_id, queryStringParameters={"ticket": ticket})


def list_push_items(account: Account) -> list[str]:
    return [item for item in account.items() if "PUSH#" in item]


def record(subject: str, number: int) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "id": "1",
        "owner": owner_key(subject),
        "actor": None,
        "kind": "image",
        "status": "ready",
        "code": None,
        "size": 1,
        "contentType": None,
        "sha256": None,
        "renditions": {},
        "metadata": {},
        "at": "2026-11-29T12:00:00.000Z",
        "sequence": number,
    }
    body = json.dumps({"detail-type": "document.ready", "detail": detail})
    return {"messageId": f"{subject}-{number}", "body": body}


@pytest.fixture
def gateway(account: Account) -> Iterator[Stubber]:
    fan_out()
    stubber = Stubber(cast(Any, clients.sockets("https://push.example/live", 160)))
    with stubber:
        yield stubber


def test_a_ticket_opens_one_connection(account: Account, ada: Api) -> None:
    ticket = ticket_of(ada)
    assert connect(ticket, "one=") == 200
    assert connect(ticket, "two=") == 403
    assert socket("DISCONNECT", "one=") == 200
    assert list_push_items(account) == []


def test_nobody_connects_without_a_ticket(account: Account) -> None:
    assert socket("CONNECT", "one=") == 403
    assert socket("CONNECT", "one=", queryStringParameters=None) == 403
    assert connect("made-up", "one=") == 403
    assert list_push_items(account) == []


def test_the_limit_of_an_owner_is_a_problem_of_the_api_and_a_status_of_the_handshake(
    ada: Api, grace: Api, deploy: Callable[..., None]
) -> None:
    deploy(connections_limit=1)
    first, second = ticket_of(ada), ticket_of(ada)
    assert connect(first, "one=") == 200
    assert connect(second, "two=") == 429
    answer = ada.post("/events/tickets")
    assert answer.problem == (429, "too_many_connections")
    assert answer.headers["retry-after"] == "60"
    ticket_of(grace)


def test_a_connection_is_no_document(ada: Api) -> None:
    connect(ticket_of(ada), "one=")
    assert ada.get("/documents").json["documents"] == []


def test_the_kinds_say_whether_there_is_push(ada: Api, deploy: Callable[..., None]) -> None:
    assert ada.get("/kinds").json["push"] is True
    deploy(push=False)
    assert ada.get("/kinds").json["push"] is False


def test_the_changes_of_one_batch_reach_the_connections_of_their_owner(
    ada: Api, grace: Api, gateway: Stubber
) -> None:
    connect(ticket_of(ada), "ada=")
    gateway.add_response("post_to_connection", {}, {"ConnectionId": "ada=", "Data": ANY})
    event = {"Records": [record("ada", 1), record("grace", 1), record("ada", 2)]}
    assert push.lambda_handler(event, Context()) == {"batchItemFailures": []}
    gateway.assert_no_pending_responses()


def test_after_a_fault_of_the_table_only_the_changes_of_that_owner_come_again(
    account: Account, deploy: Callable[..., None]
) -> None:
    deploy(table="another-table")
    with pytest.raises(Exception, match="ResourceNotFound"):
        push.lambda_handler({"Records": [record("ada", 1)]}, Context())
