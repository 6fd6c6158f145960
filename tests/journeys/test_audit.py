"""The audit trail in the deployed template: what happened in an hour is in it, nothing secret is, and nobody can change it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.aws import ROOT
from local.stack import LocalStack
from operate.__main__ import main
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import start_shared_stack
from tests.journeys.files import png
from tests.journeys.operator import create_role, open_deployment
from tests.journeys.operator_permissions import AUDIT_SCENARIOS
from tests.journeys.policy_role import PolicyRole, create_policy_role, read_policy
from tests.journeys.roles import Permission, Roles
from tests.journeys.wait import wait_until

POLICY = ROOT / "docs" / "policies" / "auditor.json"
SECRET = "secret-name"
CHANGES = (
    "document.created",
    "document.processing",
    "document.ready",
    "document.deleted",
    "document.restored",
)
WRITER = "AuditWriter"
READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


@pytest.fixture(scope="module")
def audited() -> Iterator[LocalStack]:
    with start_shared_stack(audit="true", auditReads="true") as running:
        yield running


@pytest.fixture(scope="module")
def bucket(audited: LocalStack) -> str:
    [stack] = audited.emulator.client("cloudformation").describe_stacks(StackName="Airlock-local")["Stacks"]
    [name] = [each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == "AuditBucket"]
    return str(name)


@pytest.fixture(scope="module")
def auditor(audited: LocalStack, bucket: str) -> PolicyRole:
    return create_policy_role(audited, "auditor", read_policy(POLICY, BUCKET=bucket))


@pytest.fixture(scope="module")
def ada(audited: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(audited.api, audited.users[0].access_token, http)


@pytest.fixture(scope="module")
def grace(audited: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(audited.api, audited.users[1].access_token, http)


@pytest.fixture(scope="module")
def happened(ada: ApiClient, grace: ApiClient) -> set[tuple[str, str | None, str | None]]:
    """Plays the scripted hour. Returns event, document and code of everything that the trail must have."""
    id = ada.upload(png(), f"{SECRET}.png", "image/png", metadata={"note": SECRET})["id"]
    ada.get_download_url(id)
    assert ada.request("GET", f"/documents/{id}/content", follow_redirects=False).status_code == 307
    assert ada.request("PATCH", f"/documents/{id}", json={"title": SECRET}).status_code == 200
    assert ada.request("DELETE", f"/documents/{id}").status_code == 204
    assert ada.request("POST", f"/documents/{id}/restore").status_code == 200
    assert grace.request("GET", f"/documents/{id}/download").status_code == 404
    assert grace.request("DELETE", f"/documents/{SECRET}").status_code == 404
    large = {"fileName": f"{SECRET}.png", "size": 1 << 40, "contentType": "image/png"}
    assert ada.request("POST", "/documents", json=large).status_code == 413
    [result] = ada.request("POST", "/documents/batch", json={"documents": [large]}).json()["results"]
    assert result["problem"]["code"] == "file_too_large"
    aborted = ada.create(png(), f"{SECRET}.png", "image/png")["document"]["id"]
    assert ada.request("POST", f"/documents/{aborted}/abort").status_code == 204
    return {
        *((event, id, None) for event in CHANGES),
        ("download.granted", id, None),
        ("document.updated", id, None),
        ("request.refused", id, "document_not_found"),
        ("request.refused", None, "document_not_found"),
        ("request.refused", None, "file_too_large"),
        ("document.created", aborted, None),
        ("document.aborted", aborted, None),
    }


@pytest.fixture(scope="module")
def shown_records(
    auditor: PolicyRole, happened: set[tuple[str, str | None, str | None]]
) -> list[dict[str, Any]]:
    """The records as `audit show` prints them, once all of them are written."""
    records: list[dict[str, Any]] = []
    missing = set(happened)

    def is_complete() -> bool:
        records[:] = json.loads(auditor.command.run("audit", "show", "--json"))["records"]
        missing.difference_update(name(record) for record in records)
        return not missing

    try:
        wait_until(is_complete, "everything that happened is in the trail")
    finally:
        assert missing == set()
    return records


def name(record: dict[str, Any]) -> tuple[str, str | None, str | None]:
    return record["event"], record.get("documentId"), record.get("code")


def test_everything_that_happened_is_in_the_trail_and_nothing_else(
    happened: set[tuple[str, str | None, str | None]], shown_records: list[dict[str, Any]]
) -> None:
    assert {name(record) for record in shown_records} == happened
    # A record may be written twice.
    granted = {record["operation"] for record in shown_records if record["event"] == "download.granted"}
    assert granted == {"getContent", "getDownload"}
    refused = {record["operation"] for record in shown_records if record.get("code") == "file_too_large"}
    assert refused == {"createDocument", "createDocuments"}
    without_actor = {record["event"] for record in shown_records if "actor" not in record}
    assert without_actor == {"document.processing", "document.ready"}
    assert all(record["owner"] for record in shown_records)


@pytest.mark.usefixtures("shown_records")
def test_no_object_has_a_file_name_a_token_or_a_url(audited: LocalStack, bucket: str) -> None:
    s3 = audited.emulator.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    text = b"".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys).decode()
    tokens = [user.access_token for user in audited.users]
    assert [each for each in (SECRET, "http", "X-Amz", "Bearer", *tokens) if each in text] == []


@pytest.mark.usefixtures("shown_records")
def test_the_trail_is_verified_with_the_rights_of_an_auditor(auditor: PolicyRole) -> None:
    verified = json.loads(auditor.command.run("audit", "verify", "--json"))
    assert verified["findings"] == []
    assert all(chain["records"] > 0 for chain in verified["chains"].values())


@pytest.mark.usefixtures("shown_records")
def test_every_right_of_the_auditor_is_needed(auditor: PolicyRole) -> None:
    for sid in auditor.list_sids():
        with auditor.without(sid):
            assert auditor.command.start("audit", "verify").returncode == 1, sid


@pytest.mark.usefixtures("shown_records")
def test_not_even_an_administrator_can_change_the_trail(audited: LocalStack, bucket: str) -> None:
    everything = {"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [everything]}
    s3 = create_policy_role(audited, "administrator", policy).create_s3_client()
    entry = s3.list_object_versions(Bucket=bucket)["Versions"][0]
    object_ = {"Bucket": bucket, "Key": entry["Key"]}
    version = object_ | {"VersionId": entry["VersionId"]}
    until = s3.get_object(**version)["ObjectLockRetainUntilDate"]
    earlier = {"Mode": "GOVERNANCE", "RetainUntilDate": until.replace(year=until.year - 1)}
    attempts: dict[str, Callable[[], Any]] = {
        "delete a version": lambda: s3.delete_object(**version),
        "delete it past the lock": lambda: s3.delete_object(**version, BypassGovernanceRetention=True),
        "hide it": lambda: s3.delete_object(**object_),
        "overwrite it": lambda: s3.put_object(**object_, Body=b"forged"),
        "add an object": lambda: s3.put_object(
            Bucket=bucket, Key="trail/changes/999999999999.ndjson", Body=b"forged", IfNoneMatch="*"
        ),
        "shorten a lock": lambda: s3.put_object_retention(**version, Retention=earlier),
        "suspend versions": lambda: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
    }
    assert [what for what, attempt in attempts.items() if not is_refused(attempt)] == []


@pytest.mark.usefixtures("shown_records")
def test_a_head_that_is_ahead_of_the_bucket_and_a_shorter_lock_are_found(
    audited: LocalStack, bucket: str, auditor: PolicyRole
) -> None:
    """An administrator can still forge the table, or weaken the lock of later objects."""
    dynamodb, s3 = (audited.emulator.client(service) for service in ("dynamodb", "s3"))
    key = {"pk": {"S": "AUDIT"}, "sk": {"S": "changes"}}
    item = dynamodb.get_item(TableName=audited.table, Key=key)["Item"]
    lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    weaker = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
    dynamodb.put_item(TableName=audited.table, Item=item | {"block": {"N": "9999"}})
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=weaker)
    found = auditor.command.start("audit", "verify", "--json")
    dynamodb.put_item(TableName=audited.table, Item=item)
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)
    assert found.returncode == 1
    problems = {finding["problem"] for finding in json.loads(found.stdout)["findings"]}
    assert problems == {"truncated", "lock_shortened"}
    assert auditor.command.start("audit", "verify").returncode == 0


def is_refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] in ("AccessDenied", "InvalidBucketState")
    return False


@pytest.mark.parametrize("action", AUDIT_SCENARIOS)
def test_doctor_needs_its_action_to_check_the_trail(
    audited: LocalStack, tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    role = create_role(audited, open_deployment(audited, tmp_path))
    words = ["--stage", "local", *AUDIT_SCENARIOS[action].words]
    with role.without(action):
        assert main(words, role.deployment) == 1
    assert "could not be made" in capsys.readouterr().out
    assert main(words, role.deployment) == 0


@pytest.mark.usefixtures("shown_records")
def test_every_permission_of_the_writer_is_needed(audited: LocalStack) -> None:
    roles, writer = Roles(audited), Writer(AdminClient(audited))
    checks: dict[Permission, Callable[[], bool]] = {
        Permission(WRITER, "s3:PutObject", "trail"): writer.writes,
        Permission(WRITER, "s3:GetObject", "trail"): writer.continues_without_a_head,
        Permission(WRITER, "s3:ListBucket", "trail"): writer.continues_without_a_head,
        Permission(WRITER, "dynamodb:GetItem", "table"): writer.writes,
        Permission(WRITER, "dynamodb:PutItem", "table"): writer.writes,
        Permission(WRITER, "sqs:SendMessage", "dead letters of audited requests"): writer.buries,
        Permission(WRITER, "sqs:SendMessage", "dead letters of audited changes"): writer.buries_a_change,
    }
    reads = {
        Permission(WRITER, action, f"audited {queue}")
        for action in READ_QUEUE
        for queue in ("changes", "requests")
    }
    log = {Permission(WRITER, action, "log") for action in ("logs:CreateLogStream", "logs:PutLogEvents")}
    assert {each for each in roles.list_permissions() if each.function == WRITER} == {*checks, *reads, *log}
    for permission, is_done in checks.items():
        with roles.remove(permission):
            assert not is_done(), permission
        assert is_done(), permission
    for permission in reads:
        with roles.remove(permission):
            queue = f"Audit{permission.resource.split()[1].title()}Queue"
            wait_until(lambda queue=queue: roles.find_problem(queue) is not None, f"{queue} is not read")  # type: ignore[misc]


class Writer:
    """The deployed writer, invoked with messages that no queue has."""

    def __init__(self, admin: AdminClient) -> None:
        self._admin = admin

    def writes(self) -> bool:
        record = {"id": "r#0", "event": "request.refused", "at": "2026-11-29T12:00:00Z", "outcome": "422"}
        return self._handles("Requests", json.dumps({"records": [record]}))

    def continues_without_a_head(self) -> bool:
        """The head is found again in the bucket."""
        key = {"pk": {"S": "AUDIT"}, "sk": {"S": "requests"}}
        self._admin.client("dynamodb").delete_item(TableName=self._admin.stack.table, Key=key)
        return self.writes()

    def buries(self) -> bool:
        return self._handles("Requests", "no json")

    def buries_a_change(self) -> bool:
        return self._handles("Changes", "no json")

    def _handles(self, chain: str, body: str) -> bool:
        """Returns True if the writer succeeds with a message of this queue."""
        sqs = self._admin.client("sqs")
        [url] = [each for each in sqs.list_queues()["QueueUrls"] if f"-Audit{chain}Queue" in each]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        message = {"messageId": "m", "receiptHandle": "r", "body": body, "eventSourceARN": arn}
        answer = self._admin.client("lambda").invoke(
            FunctionName=self._admin.function_name(WRITER), Payload=json.dumps({"Records": [message]})
        )
        return "FunctionError" not in answer
