"""Webhooks in the deployed template, to a receiver with TLS on this machine, verified by the programs of docs/webhooks.md."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import goes_around_the_edge, start_shared_stack
from tests.journeys.files import png
from tests.journeys.operate_command import OperateCommand
from tests.journeys.roles import Permission, Roles
from tests.journeys.wait import wait_until
from tests.journeys.webhook_receivers import start_receiver
from tests.tls_server import Request, TlsServer, start_tls_server, write_head

HOST = "hooks.example.com"
FUNCTIONS = ("WebhooksCrm", "WebhooksArchive")
FIRST_WAIT = 30


@dataclass
class Receiver:
    """Answers 204, but 410 below /archive, and with `refuse_first` 500 to the first copy of an event about a ready document."""

    server: TlsServer
    received: list[tuple[float, Request]] = field(default_factory=list)
    refuse_first: bool = False

    def respond(self, request: Request, connection: socket.socket) -> None:
        seen = [each for _, each in self.received if id_of(each) == id_of(request)]
        self.received.append((time.monotonic(), request))
        status = 500 if self.refuse_first and is_ready(request) and not seen else 204
        connection.sendall(write_head(410 if request.line.startswith("POST /archive") else status))

    def find(self, path: str, type_: str, document_id: str) -> list[tuple[float, Request]]:
        return [
            (at, request)
            for at, request in self.received
            if request.line.startswith(f"POST {path} ")
            and (content_of(request)["type"], content_of(request)["data"]["id"]) == (type_, document_id)
        ]


def id_of(request: Request) -> str:
    return request.headers["webhook-id"] + request.line


def content_of(request: Request) -> Any:
    return json.loads(request.body)


def is_ready(request: Request) -> bool:
    return bool(content_of(request)["type"] == "document.ready")


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with start_tls_server(tmp_path_factory.mktemp("tls"), HOST) as server:
        receiver = Receiver(server)
        server.respond = receiver.respond
        yield receiver


@pytest.fixture(scope="module")
def webhooks_stack(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    url = f"https://{HOST}:{receiver.server.port}"
    path = tmp_path_factory.mktemp("webhooks") / "webhooks.toml"
    path.write_text(
        f'[crm]\nurl = "{url}/crm"\n[archive]\nurl = "{url}/archive"\nevents = ["document.ready"]\n'
    )
    with start_shared_stack(webhooksFile=str(path)) as running, ExitStack() as overrides:
        settings = {"AIRLOCK_LOCAL_WEBHOOKS": "true", "SSL_CERT_FILE": str(receiver.server.ca_file)}
        for function in FUNCTIONS:
            overrides.enter_context(AdminClient(running).override_settings(function, **settings))
        yield running


@pytest.fixture(scope="module")
def ada(webhooks_stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(webhooks_stack.api, webhooks_stack.users[0].access_token, http)


@pytest.fixture(scope="module")
def operate(webhooks_stack: LocalStack) -> OperateCommand:
    return OperateCommand(webhooks_stack)


@pytest.fixture(scope="module")
def secret(webhooks_stack: LocalStack) -> str:
    client = webhooks_stack.emulator.client("secretsmanager")
    [arn] = [each["ARN"] for each in client.list_secrets()["SecretList"] if "Crm" in each["Name"]]
    return str(json.loads(client.get_secret_value(SecretId=arn)["SecretString"])["current"])


@pytest.fixture(scope="module")
def refused_document(ada: ApiClient, receiver: Receiver) -> str:
    """A document whose event `ready` the receiver does not take at first."""
    receiver.refuse_first = True
    document_id = str(ada.upload(png(), "a.png", "image/png")["id"])
    wait_until(lambda: bool(receiver.find("/crm", "document.ready", document_id)), "the first attempt")
    receiver.refuse_first = False
    return document_id


@pytest.fixture(scope="module")
def file() -> bytes:
    return png()


@pytest.fixture(scope="module")
def delivered(ada: ApiClient, receiver: Receiver, refused_document: str, file: bytes) -> Request:
    """The request for a ready document. The one that was refused waits meanwhile."""
    document_id = ada.upload(file, "b.png", "image/png")["id"]
    wait_until(lambda: bool(receiver.find("/crm", "document.ready", document_id)), "the webhook")
    [(_, request)] = receiver.find("/crm", "document.ready", document_id)
    return request


def test_a_ready_document_arrives_signed_with_a_url_that_downloads_it(
    delivered: Request, http: httpx.Client, file: bytes
) -> None:
    content = content_of(delivered)
    assert delivered.headers["content-type"] == "application/json"
    assert delivered.server_name == HOST
    assert content["data"]["status"] == "ready"
    assert http.get(content["data"]["download"]["url"]).content == file


def test_every_change_of_the_document_arrives(delivered: Request, receiver: Receiver) -> None:
    document_id = content_of(delivered)["data"]["id"]
    for type_ in ("document.created", "document.processing", "document.ready"):
        wait_until(lambda name=type_: bool(receiver.find("/crm", name, document_id)), type_)  # type: ignore[misc]


@pytest.mark.parametrize("language", ["python", "js"])
def test_the_receivers_of_the_page_accept_it_once_and_nothing_else(
    language: str, delivered: Request, secret: str, tmp_path: Path
) -> None:
    with start_receiver(language, secret, tmp_path) as program:
        assert program.post(delivered, **{"webhook-id": "msg_forged"}) == 400
        assert program.post(delivered) == 204
        assert program.read_line() == f"document.ready {content_of(delivered)['data']['id']}"
        assert program.post(delivered) == 204
    with start_receiver(language, "A" * 44, tmp_path) as program:
        assert program.post(delivered) == 400


def test_an_endpoint_that_is_gone_gets_one_request_and_delays_nobody(
    delivered: Request, receiver: Receiver
) -> None:
    document_id = content_of(delivered)["data"]["id"]
    wait_until(lambda: bool(receiver.find("/archive", "document.ready", document_id)), "the other endpoint")
    assert {
        content_of(request)["type"] for _, request in receiver.received if "/archive" in request.line
    } == {"document.ready"}


def event_of(request: Request) -> dict[str, Any]:
    """Returns the event of the bus that a request was made from."""
    content = content_of(request)
    return {"source": "airlock", "detail-type": content["type"], "detail": content["data"]}


def test_an_operator_tests_an_endpoint(operate: OperateCommand, delivered: Request) -> None:
    assert operate.run("webhooks", "test", "crm").startswith("delivered: status_204")
    refused = operate.start("webhooks", "test", "archive")
    assert (refused.returncode, refused.stdout.partition(" (")[0]) == (1, "gone: status_410")
    assert operate.start("webhooks", "test", "unknown").returncode == 1


def test_an_operator_redelivers_dead_letters(
    operate: OperateCommand, webhooks_stack: LocalStack, receiver: Receiver, delivered: Request
) -> None:
    sqs, document_id = webhooks_stack.emulator.client("sqs"), content_of(delivered)["data"]["id"]
    [url] = [each for each in sqs.list_queues()["QueueUrls"] if "WebhooksCrmDeliveriesDeadLetters" in each]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event_of(delivered)))
    listed = json.loads(operate.start("webhooks", "list", "--json").stdout)["endpoints"]
    assert {each["name"]: each["deadLetters"] for each in listed} == {"crm": 1, "archive": 0}
    assert {each["host"] for each in listed} == {f"{HOST}:{receiver.server.port}"}
    assert "1  events are sent again" in operate.run("webhooks", "redeliver", "crm")
    wait_until(lambda: len(receiver.find("/crm", "document.ready", document_id)) == 2, "the redelivery")


def test_each_permission_of_a_function_is_needed(
    webhooks_stack: LocalStack, receiver: Receiver, delivered: Request
) -> None:
    roles, admin = Roles(webhooks_stack), AdminClient(webhooks_stack)

    def deliver(body: str, action: str, resource: str) -> Any:
        """Invokes the function with one message and without one permission, in a new process."""
        record = {"messageId": "m", "receiptHandle": "r", "body": body}
        with (
            roles.remove(Permission("WebhooksCrm", action, resource)),
            admin.override_settings("WebhooksCrm", RESTARTED=f"{action} {resource}"),
        ):
            return admin.invoke("WebhooksCrm", {"Records": [record]})

    def count() -> int:
        return len(receiver.find("/crm", "document.ready", content_of(delivered)["data"]["id"]))

    before, body = count(), json.dumps(event_of(delivered))
    deliver(body, "secretsmanager:GetSecretValue", "secret")
    deliver(body, "dynamodb:GetItem", "table")
    assert count() == before
    failed = {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert deliver("no event", "sqs:SendMessage", "dead letters of deliveries") == failed


@goes_around_the_edge
def test_the_url_of_an_event_needs_the_permission_of_the_function_to_read_documents(
    webhooks_stack: LocalStack, delivered: Request, http: httpx.Client
) -> None:
    url = content_of(delivered)["data"]["download"]["url"]
    with Roles(webhooks_stack).remove(Permission("WebhooksCrm", "s3:GetObjectVersion", "documents")):
        assert http.get(url).status_code == 403
    assert http.get(url).status_code == 200


def test_both_secrets_are_valid_after_a_rotation(
    operate: OperateCommand, webhooks_stack: LocalStack, receiver: Receiver, secret: str, delivered: Request
) -> None:
    printed = operate.run("webhooks", "rotate", "crm", "--overlap", "1")
    client = webhooks_stack.emulator.client("secretsmanager")
    [arn] = [each["ARN"] for each in client.list_secrets()["SecretList"] if "Crm" in each["Name"]]
    new = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])["current"]
    assert new != secret
    assert new not in printed
    assert secret not in printed
    with AdminClient(webhooks_stack).override_settings("WebhooksCrm", RESTARTED="rotated"):
        operate.run("webhooks", "test", "crm")
    request = next(
        each for _, each in reversed(receiver.received) if content_of(each)["type"] == "webhook.test"
    )
    for each in (secret, new):
        assert Webhook(f"whsec_{each}").verify(request.body, request.headers)


def test_an_event_that_was_refused_comes_again_after_30_seconds_with_the_same_id(
    refused_document: str, delivered: Request, receiver: Receiver
) -> None:
    def attempts() -> list[tuple[float, Request]]:
        return receiver.find("/crm", "document.ready", refused_document)

    wait_until(lambda: len(attempts()) > 1, "the second attempt")
    (first_at, first), (second_at, second) = attempts()
    assert second_at - first_at >= FIRST_WAIT
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    urls = [content_of(each)["data"]["download"]["url"] for each in (first, second)]
    assert urls[0] != urls[1]
    assert len(receiver.find("/archive", "document.ready", refused_document)) == 1
