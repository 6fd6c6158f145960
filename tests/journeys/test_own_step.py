"""A deployer's own step: the example of docs/steps.md in the deployed template, and workers that a test plays."""

import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import validate

from local.stack import LocalStack
from tests.case_counts import CountCases
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.manual_worker import ManualWorker
from tests.journeys.roles import Permission, Roles, is_denied
from tests.journeys.wait import wait_until
from tests.journeys.worker_scenarios import PERMISSIONS, TASKS, WORKER

STACK = "example_stack"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
TEXT = b"Nothing to hide here."
TRIES = 3
QUEUES = [
    "ObjectCreated",
    "PurgeTasks",
    "SweepSlices",
    *(
        f"{step}{kind}"
        for step in ("Promote", "Wordlist", "Manual", "Slow", "Review")
        for kind in ("Tasks", "Results")
    ),
]


@pytest.fixture(scope="module")
def patient(operator: AdminClient) -> ManualWorker:
    return ManualWorker(operator, "slow")


@pytest.fixture(scope="module")
def impatient(operator: AdminClient) -> ManualWorker:
    return ManualWorker(operator, "manual")


def send(user: ApiClient, kind: str) -> str:
    """Uploads a text and returns its id. Its step waits."""
    created = user.create(TEXT, "a.txt", "text/plain", kind=kind)
    assert user.put(created["upload"], TEXT).status_code == 200
    return str(created["document"]["id"])


def find_step(document: dict[str, Any], name: str) -> dict[str, Any]:
    [step] = [step for step in document["steps"] if step["name"] == name]
    return dict(step)


def test_the_worker_passes_a_text_and_makes_a_report(user: ApiClient) -> None:
    document = user.upload(TEXT, "a.txt", "text/plain", kind="note")
    assert document["status"] == "ready"
    assert [step["status"] for step in document["steps"]] == ["passed"] * 4
    report = user.http.get(user.get_download_url(document["id"], rendition="report"))
    assert report.json() == {"words": 4}
    assert document["renditions"]["report"]["size"] == len(report.content)
    assert user.http.get(user.get_download_url(document["id"])).content == TEXT


def test_the_worker_rejects_a_text_with_its_own_sentence(user: ApiClient) -> None:
    document = user.upload(b"This is secret.", "a.txt", "text/plain", kind="note")
    assert (document["status"], document["reason"]) == ("rejected", "step_rejected")
    assert find_step(document, "wordlist")["detail"] == "The text contains the word 'secret'."
    assert user.request("GET", f"/documents/{document['id']}/download").json()["code"] == "rejected"


def test_the_task_and_the_result_are_those_of_the_schemas(user: ApiClient, patient: ManualWorker) -> None:
    document_id = send(user, "patient")
    task = patient.receive(document_id)
    validate(task, json.loads((SCHEMAS / "task.json").read_text()))
    result = {name: task[name] for name in ("documentId", "owner", "attempt", "versionId")}
    validate(result | {"outcome": "passed"}, json.loads((SCHEMAS / "result.json").read_text()))
    patient.answer(task, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"


def test_a_document_that_waits_says_for_what_and_cannot_be_downloaded(
    user: ApiClient, patient: ManualWorker
) -> None:
    document_id = send(user, "patient")
    task = patient.receive(document_id)
    patient.answer(task, "progress", detail="Half of it.")
    wait_until(
        lambda: find_step(user.get_document(document_id), "slow").get("detail") == "Half of it.",
        "the progress is shown",
    )
    assert user.get_document(document_id)["status"] == "processing"
    assert user.request("GET", f"/documents/{document_id}/download").json()["code"] == "not_ready"
    patient.answer(task, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"


def test_a_document_that_waits_is_no_open_upload(
    user: ApiClient, operator: AdminClient, patient: ManualWorker
) -> None:
    created = user.create(TEXT, "a.txt", "text/plain", kind="patient")
    document_id = created["document"]["id"]
    before = operator.get_usage(document_id)["open_uploads"]
    assert user.put(created["upload"], TEXT).status_code == 200
    task = patient.receive(document_id)
    wait_until(
        lambda: operator.get_usage(document_id)["open_uploads"] == before - 1,
        "the upload is not open any more",
    )
    assert user.get_document(document_id)["status"] == "processing"
    patient.answer(task, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"
    assert operator.get_usage(document_id)["open_uploads"] == before - 1


def test_a_worker_that_dies_gets_its_task_again(user: ApiClient, patient: ManualWorker) -> None:
    document_id = send(user, "patient")
    first = patient.receive(document_id, visibility=1, delete=False)
    again = patient.receive(document_id)
    assert again == first
    patient.answer(again, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"


def test_an_answer_for_another_version_or_of_an_older_task_is_ignored(
    user: ApiClient, patient: ManualWorker
) -> None:
    document_id = send(user, "patient")
    task = patient.receive(document_id)
    patient.answer(task | {"versionId": "another"}, "passed")
    patient.answer(task | {"attempt": task["attempt"] + 1}, "passed", facts={"pages": 1})
    patient.wait_until_heard()
    assert user.get_document(document_id)["status"] == "processing"
    patient.answer(task, "rejected", detail="Now really.")
    assert user.wait_until_processed(document_id)["status"] == "rejected"


def test_an_answer_to_a_document_that_was_aborted_or_deleted_is_ignored(
    user: ApiClient, patient: ManualWorker
) -> None:
    aborted = user.create(TEXT, "a.txt", "text/plain", kind="patient")["document"]["id"]
    assert user.request("POST", f"/documents/{aborted}/abort").status_code == 204
    deleted = send(user, "patient")
    task = patient.receive(deleted)
    patient.answer(task, "rejected")
    user.wait_until_processed(deleted)
    assert user.request("DELETE", f"/documents/{deleted}").status_code == 204
    patient.answer(task, "passed")
    patient.answer(task | {"documentId": aborted}, "passed")
    patient.wait_until_heard()
    assert user.get_document(aborted)["status"] == "aborted"
    assert user.get_document(deleted)["status"] == "deleted"


def test_a_worker_that_never_answers_makes_the_document_fail(
    user: ApiClient, operator: AdminClient, impatient: ManualWorker
) -> None:
    document_id = send(user, "impatient")
    task = impatient.receive(document_id)
    for _ in range(TRIES - 1):
        task = impatient.receive(document_id, meanwhile=operator.sweep)

    def has_failed() -> bool:
        operator.sweep()
        return bool(user.get_document(document_id)["status"] == "failed")

    wait_until(has_failed, "the document has failed")
    assert user.get_document(document_id)["reason"] == "step_timed_out"
    impatient.answer(task, "passed")
    impatient.wait_until_heard()
    assert user.get_document(document_id)["status"] == "failed"


@pytest.fixture(scope="module")
def task(user: ApiClient, operator: AdminClient) -> dict[str, Any]:
    """The task of a document that waits for the worker `wordlist`."""
    with EventSources(operator.client("lambda")).pause(TASKS):
        return ManualWorker(operator, "wordlist").receive(send(user, "note"))


def test_a_worker_reads_staging_and_writes_the_renditions_of_its_step(
    own_stack: LocalStack, roles: Roles, task: dict[str, Any]
) -> None:
    s3, bucket = roles.client(WORKER, "s3"), own_stack.bucket
    read = partial(s3.get_object, Bucket=bucket)
    write = partial(s3.put_object, Bucket=bucket, Body=b"x")
    delete = partial(s3.delete_object, Bucket=bucket)
    staged = {"Key": task["key"], "VersionId": task["versionId"]}
    renditions = f"renditions/{task['owner']}/{task['documentId']}"
    own = {
        "Key": f"{renditions}/wordlist/report",
        "VersionId": write(Key=f"{renditions}/wordlist/report")["VersionId"],
    }
    promoted = own_stack.emulator.client("s3").put_object(Bucket=bucket, Key="documents/x", Body=b"x")[
        "VersionId"
    ]

    assert read(**staged)["Body"].read() == TEXT
    # A URL that the role signs does not work, because nobody may download what is staged.
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, **staged})
    assert httpx.get(url).status_code == 403
    for key in ("staging/x", "documents/x", f"{renditions}/slow/x", f"{renditions}/x"):
        assert is_denied(partial(write, Key=key)), key
    assert is_denied(partial(read, Key="documents/x", VersionId=promoted))
    assert is_denied(partial(read, **own))
    for version in (staged, own, {"Key": "documents/x", "VersionId": promoted}, {"Key": task["key"]}):
        assert is_denied(partial(delete, **version)), version
    assert is_denied(partial(s3.list_object_versions, Bucket=bucket))


def test_a_worker_may_not_touch_the_table(own_stack: LocalStack, roles: Roles) -> None:
    table, key = roles.client(WORKER, "dynamodb"), {"pk": {"S": "x"}, "sk": {"S": "x"}}
    for call in (table.get_item, table.delete_item, table.update_item):
        assert is_denied(partial(call, TableName=own_stack.table, Key=key))
    assert is_denied(partial(table.put_item, TableName=own_stack.table, Item=key))
    assert is_denied(partial(table.scan, TableName=own_stack.table))


@pytest.mark.parametrize("function", [WORKER, "LargeCopy"])
def test_a_worker_may_use_its_own_two_queues_only(operator: AdminClient, roles: Roles, function: str) -> None:
    """`large_copy` also sends a task anew that it has no time to finish."""
    sqs, step = roles.client(function, "sqs"), {WORKER: "Wordlist", "LargeCopy": "Promote"}[function]
    may_send = {f"{step}Results"} | ({f"{step}Tasks"} if function == "LargeCopy" else set())
    for queue in QUEUES:
        url = operator.queue_url(queue)
        if queue not in may_send:
            assert is_denied(partial(sqs.send_message, QueueUrl=url, MessageBody="{}")), queue
        if queue != f"{step}Tasks":
            assert is_denied(partial(sqs.receive_message, QueueUrl=url)), queue


def test_a_forged_result_for_another_step_changes_nothing(
    user: ApiClient, operator: AdminClient, patient: ManualWorker, roles: Roles
) -> None:
    document_id = send(user, "patient")
    task = patient.receive(document_id)
    names = ("documentId", "owner", "step", "attempt", "versionId")
    forged = json.dumps({name: task[name] for name in names} | {"outcome": "passed"})
    sqs = roles.client(WORKER, "sqs")
    own, other = (operator.queue_url(f"{step}Results") for step in ("Wordlist", "Slow"))
    assert is_denied(partial(sqs.send_message, QueueUrl=other, MessageBody=forged))

    # The body names the step `slow`, but the queue says that `wordlist` speaks.
    sqs.send_message(QueueUrl=own, MessageBody=forged)
    ManualWorker(operator, "wordlist").wait_until_heard()

    assert find_step(user.get_document(document_id), "slow")["status"] == "waiting"
    patient.answer(task, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"


def test_every_permission_of_the_worker_has_a_scenario(roles: Roles) -> None:
    deployed = {permission for permission in roles.list_permissions() if permission.function == WORKER}
    assert deployed == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS), ids=" ".join)
def test_a_worker_fails_without_a_permission_and_works_with_it(
    operator: AdminClient,
    roles: Roles,
    task: dict[str, Any],
    permission: Permission,
    count_cases: CountCases,
) -> None:
    worker = ManualWorker(operator, "wordlist")
    roles.prove_need(permission, lambda: PERMISSIONS[permission](roles, worker, task))
    count_cases("IAM actions whose removal is noticed", 1)


def test_a_message_that_is_no_result_changes_nothing(user: ApiClient, patient: ManualWorker) -> None:
    document_id = send(user, "patient")
    task = patient.receive(document_id)
    patient.answer(task, "surely fine")
    patient.answer(task, "passed", facts={"renditions": {"../x": {}}})
    time.sleep(1)
    assert user.get_document(document_id)["status"] == "processing"
    patient.answer(task, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"
