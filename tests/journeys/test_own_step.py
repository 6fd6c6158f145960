"""A deployer's own step: the example of docs/steps.md in the deployed template, and workers that a test plays."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import validate

from local.stack import LocalStack, start_stack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.manual_worker import ManualWorker
from tests.journeys.wait import wait_until

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
TEXT = b"Nothing to hide here."
TRIES = 3


@pytest.fixture(scope="module")
def extended() -> Iterator[LocalStack]:
    with start_stack(
        app="examples.steps.wordlist.app", kindsFile="tests/journeys/step_kinds.toml"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def user(extended: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(extended.api, extended.users[0].access_token, http)


@pytest.fixture(scope="module")
def operator(extended: LocalStack) -> AdminClient:
    return AdminClient(extended)


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
    tasks = [impatient.receive(document_id)]
    for _ in range(TRIES):
        time.sleep(2.1)
        operator.sweep()
        if len(tasks) < TRIES:
            tasks.append(impatient.receive(document_id))
    document = user.wait_until_processed(document_id)
    assert (document["status"], document["reason"]) == ("failed", "step_timed_out")
    impatient.answer(tasks[-1], "passed")
    impatient.wait_until_heard()
    assert user.get_document(document_id)["status"] == "failed"


def test_a_message_that_is_no_result_changes_nothing(user: ApiClient, patient: ManualWorker) -> None:
    document_id = send(user, "patient")
    task = patient.receive(document_id)
    patient.answer(task, "surely fine")
    patient.answer(task, "passed", facts={"renditions": {"../x": {}}})
    time.sleep(1)
    assert user.get_document(document_id)["status"] == "processing"
    patient.answer(task, "passed")
    assert user.wait_until_processed(document_id)["status"] == "ready"
