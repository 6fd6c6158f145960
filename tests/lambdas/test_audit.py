"""The audit trail from requests to objects: what the functions of the API send, and what the function `audit` writes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain, Head, hash_block, parse_block
from functions.domain.keys import owner_key
from functions.lambdas import audit as writer
from functions.wiring.audit import trail_writer
from tests.examples import PNG
from tests.lambdas.account import Account, forget_wiring
from tests.lambdas.api import Api
from tests.lambdas.events import Context, sqs_event, sqs_message
from tests.lambdas.steps import process_document

REQUESTS, CHANGES = "audit-requests", "audit-changes"
FILE = {"fileName": "secret.png", "size": len(PNG), "contentType": "image/png"}
DAYS = 30


@dataclass(frozen=True)
class Trail:
    """The trail of an account, with its queue of requests."""

    account: Account
    queue: str
    letters: str
    bucket: str

    def sent(self) -> list[AuditRecord]:
        """Removes the messages of the functions of the API, and returns their records."""
        return [
            AuditRecord.from_json(record)
            for body in self.account.drain(self.queue)
            for record in json.loads(body)["records"]
        ]

    def write(self, queue: str, *bodies: str) -> None:
        writer.lambda_handler(sqs_event([sqs_message(body, queue=queue) for body in bodies]), Context())

    def read(self) -> dict[str, bytes]:
        s3 = self.account.s3
        listed = s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {
            each["Key"]: s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read() for each in listed
        }


@pytest.fixture
def make_trail(account: Account, deploy: Callable[..., None]) -> Callable[..., Trail]:
    def make(*, reads: bool = True) -> Trail:
        bucket = f"trail-{account.bucket}"
        account.s3.create_bucket(
            Bucket=bucket,
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
            ObjectLockEnabledForBucket=True,
        )
        queues = {name: account.sqs.create_queue(QueueName=name)["QueueUrl"] for name in (REQUESTS, CHANGES)}
        settings = {
            "queue": queues[REQUESTS],
            "reads": reads,
            "bucket": bucket,
            "days": DAYS,
            "chains": {Chain.REQUESTS: queues[REQUESTS], Chain.CHANGES: queues[CHANGES]},
        }
        consumed = json.loads(account.settings.consumed_queues)
        letters = account.sqs.create_queue(QueueName="audit-dead-letters")["QueueUrl"]
        deploy(
            audit=json.dumps(settings),
            consumed_queues=json.dumps([*consumed, *([url, letters] for url in queues.values())]),
        )
        return Trail(account, queues[REQUESTS], letters, bucket)

    return make


@pytest.fixture
def trail(make_trail: Callable[..., Trail]) -> Trail:
    return make_trail()


def test_a_refused_create_is_recorded_by_ids_and_code_alone(trail: Trail, ada: Api) -> None:
    refused = ada.post("/documents", FILE | {"size": 1 << 60, "title": "secret"})
    [record] = trail.sent()
    assert record == AuditRecord(
        id=f"{refused.json['requestId']}#0",
        event="request.refused",
        at=datetime(2026, 5, 4, 12, tzinfo=UTC),
        outcome=str(refused.status),
        owner=owner_key("ada"),
        actor="ada",
        code=refused.json["code"],
        operation="createDocument",
        request_id=refused.json["requestId"],
        network="192.0.2.0/24",
    )
    assert "secret" not in json.dumps(record.to_json())


@pytest.mark.parametrize(
    ("method", "path", "body", "operation"),
    [
        ("POST", "/documents", b"no json", "createDocument"),
        ("POST", "/documents/secret.png/abort", None, "abortUpload"),
        ("GET", "/documents/secret.png", None, "getDocument"),
        ("GET", "/documents/secret.png/manifest", None, "getManifest"),
        ("DELETE", "/documents/secret.png", None, "deleteDocument"),
    ],
)
def test_each_refused_request_is_recorded_without_what_the_caller_wrote(
    trail: Trail, ada: Api, method: str, path: str, body: object, operation: str
) -> None:
    refused = ada.call(method, path, body)
    [record] = trail.sent()
    assert (record.event, record.operation, record.outcome, record.code) == (
        "request.refused",
        operation,
        str(refused.status),
        refused.json["code"],
    )
    assert "secret" not in json.dumps(record.to_json())


def test_a_caller_without_an_owner_is_recorded_as_an_actor(trail: Trail) -> None:
    Api(claims={"sub": "ada", "token_use": "id"}).get("/documents")
    [record] = trail.sent()
    assert (record.actor, record.code) == ("ada", "token_use_invalid")


def test_each_refused_item_of_a_batch_is_recorded(trail: Trail, ada: Api) -> None:
    too_large = FILE | {"size": 1 << 40}
    results = ada.post("/documents/batch", {"documents": [FILE, too_large, too_large]}).json["results"]
    created = results[0]["document"]["id"]
    assert [record.code for record in trail.sent()] == ["file_too_large"] * 2
    ada.post("/documents/batch-delete", {"ids": [created, "secret.png"]})
    records = trail.sent()
    assert [(each.document_id, each.code) for each in records] == [
        (created, "invalid_state"),
        (None, "document_not_found"),
    ]
    assert len({each.id for each in records}) == 2


def test_a_create_that_succeeds_is_recorded_by_the_change_of_its_document_alone(
    trail: Trail, ada: Api
) -> None:
    assert ada.post("/documents", FILE).status == 201
    assert trail.sent() == []


def test_a_change_of_details_is_recorded(trail: Trail, ada: Api) -> None:
    id = ada.post("/documents", FILE).json["document"]["id"]
    assert ada.call("PATCH", f"/documents/{id}", {"title": "secret"}).status == 200
    [record] = trail.sent()
    assert (record.event, record.document_id, record.outcome) == ("document.updated", id, "200")


DOWNLOADS = [("GET", "download"), ("GET", "content"), ("HEAD", "content")]


@pytest.mark.parametrize(("method", "route"), DOWNLOADS)
def test_each_download_url_is_recorded_before_it_is_returned(
    trail: Trail, account: Account, ada: Api, s3: httpx.Client, method: str, route: str
) -> None:
    id = process_document(account, ada, s3, PNG)
    response = ada.call(method, f"/documents/{id}/{route}")
    [record] = trail.sent()
    assert (record.event, record.document_id) == ("download.granted", id)
    assert record.outcome == str(response.status)


def test_a_response_without_a_url_grants_nothing(
    trail: Trail, account: Account, ada: Api, s3: httpx.Client
) -> None:
    id = process_document(account, ada, s3, PNG)
    assert ada.call("HEAD", f"/documents/{id}/download").status == 200
    assert ada.get(f"/documents/{id}").status == 200
    assert trail.sent() == []


def test_downloads_are_recorded_only_if_asked_for(
    make_trail: Callable[..., Trail], account: Account, ada: Api, s3: httpx.Client
) -> None:
    trail = make_trail(reads=False)
    id = process_document(account, ada, s3, PNG)
    assert ada.get(f"/documents/{id}/download").status == 200
    assert trail.sent() == []


@pytest.mark.parametrize(("method", "route"), DOWNLOADS)
def test_without_the_queue_there_is_no_url(
    trail: Trail, account: Account, ada: Api, s3: httpx.Client, method: str, route: str
) -> None:
    id = process_document(account, ada, s3, PNG)
    account.sqs.delete_queue(QueueUrl=trail.queue)
    response = ada.call(method, f"/documents/{id}/{route}")
    assert response.status == 500
    assert "location" not in response.headers
    assert "X-Amz-Signature" not in response.text


def test_a_fault_of_the_queue_is_a_503_without_a_url(
    trail: Trail, account: Account, ada: Api, s3: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens at this address of SQS."""
    id = process_document(account, ada, s3, PNG)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    forget_wiring()
    response = ada.get(f"/documents/{id}/download")
    assert response.problem == (503, "storage_unavailable")
    assert "X-Amz-Signature" not in response.text


def test_public_routes_are_not_recorded(trail: Trail, ada: Api) -> None:
    assert ada.get("/openapi.json").status == 200
    assert trail.sent() == []


def a_change(sequence: int) -> str:
    detail = {
        "id": "0192e4f0-0000-7000-8000-000000000000",
        "owner": owner_key("ada"),
        "actor": "ada",
        "status": "ready",
        "code": None,
        "at": "2026-05-04T12:00:00.000Z",
        "sequence": sequence,
        "metadata": {"note": "secret"},
    }
    return json.dumps({"detail-type": "document.ready", "detail": detail})


def test_a_batch_becomes_one_object_and_the_next_one_names_it(trail: Trail) -> None:
    trail.write(CHANGES, a_change(1), a_change(2))
    trail.write(CHANGES, a_change(3))
    objects = trail.read()
    assert list(objects) == [f"trail/changes/{number:012}.ndjson" for number in (1, 2)]
    first, second = objects.values()
    assert [record.sequence for record in parse_block(first).records] == [1, 2]
    assert parse_block(second).previous == hash_block(first)
    assert parse_block(second).retention_days == DAYS
    head = trail_writer().heads.get(Chain.CHANGES)
    assert head == Head(2, hash_block(second), parse_block(second).at, DAYS)
    assert b"secret" not in first + second


def test_a_message_that_nobody_sends_goes_to_the_dead_letters_and_stops_no_other(trail: Trail) -> None:
    trail.write(CHANGES, "no json", a_change(1))
    [body] = trail.read().values()
    assert len(parse_block(body).records) == 1
    assert trail.account.drain(trail.letters) == ["no json"]


def test_a_batch_without_records_writes_no_object(trail: Trail) -> None:
    trail.write(REQUESTS, "no json")
    assert trail.read() == {}


def test_the_head_is_logged_so_that_a_copy_of_it_is_outside_of_bucket_and_table(
    trail: Trail, caplog: pytest.LogCaptureFixture
) -> None:
    trail.write(CHANGES, a_change(1))
    [body] = trail.read().values()
    [line] = [each for each in caplog.records if each.message == "audit_head"]
    said = [getattr(line, name) for name in ("chain", "sequence", "sha256")]
    assert said == ["changes", 1, hash_block(body)]
