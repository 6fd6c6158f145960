"""The step `review`: a file that nobody can read until a person has looked at it, with the rights of docs/policies."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from local.aws import ROOT
from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.operate_command import OperateCommand
from tests.journeys.policy_role import PolicyRole, create_policy_role, read_policy
from tests.journeys.wait import wait_until

STACK = "example_stack"
POLICY = ROOT / "docs" / "policies" / "reviewer.json"


@pytest.fixture(scope="module")
def role(own_stack: LocalStack) -> PolicyRole:
    """The policy of docs/policies with the names of this deployment."""
    return create_policy_role(own_stack, "reviewer", read_policy(POLICY, BUCKET=own_stack.bucket))


@pytest.fixture(scope="module")
def reviewer(role: PolicyRole) -> OperateCommand:
    return role.command


def send(user: ApiClient, text: bytes) -> str:
    """Uploads a text and returns its id when it waits for a review."""
    created = user.create(text, "a.txt", "text/plain", kind="reviewed")
    assert user.put(created["upload"], text).status_code == 200
    document_id = str(created["document"]["id"])
    wait_until(lambda: find_review(user, document_id) is not None, "the file waits for a review")
    return document_id


def find_review(user: ApiClient, document_id: str) -> dict[str, Any] | None:
    steps = user.get_document(document_id)["steps"]
    return next((step for step in steps if step["name"] == "review"), None)


def select(reviewer: OperateCommand, document_id: str) -> list[str]:
    """Returns the arguments that select a document of the list."""
    lines = [line.split("\t") for line in reviewer.run("review", "list").splitlines()]
    [owner] = [line[4] for line in lines if line[5] == document_id]
    return ["--owner", owner, "--document-id", document_id]


def test_a_person_looks_at_a_file_and_approves_it(
    user: ApiClient, reviewer: OperateCommand, tmp_path: Path
) -> None:
    text = b"A text that a person looks at."
    document_id, target = send(user, text), tmp_path / "a.txt"
    assert user.request("GET", f"/documents/{document_id}/download").json()["code"] == "not_ready"
    selected = select(reviewer, document_id)

    reviewer.run("review", "show", *selected, "--output", str(target))
    assert target.read_bytes() == text
    assert "outcome" not in reviewer.run("review", "approve", *selected)

    assert user.wait_until_processed(document_id)["status"] == "ready"
    assert user.http.get(user.get_download_url(document_id)).content == text
    again = reviewer.start("review", "reject", *selected)
    assert (again.returncode, again.stderr) == (1, "operate: this document does not wait for a review\n")


def test_a_rejected_file_is_never_readable_and_says_why(user: ApiClient, reviewer: OperateCommand) -> None:
    document_id = send(user, b"Another text.")
    selected = select(reviewer, document_id)
    reviewer.run("review", "reject", *selected, "--reason", "Please leave out the names.")
    document = user.wait_until_processed(document_id)
    assert (document["status"], document["reason"]) == ("rejected", "review_rejected")
    review = find_review(user, document_id)
    assert review is not None
    assert (review["status"], review["detail"]) == ("rejected", "Please leave out the names.")
    assert user.request("GET", f"/documents/{document_id}/download").json()["code"] == "rejected"


def test_sweeps_leave_a_file_alone_that_waits(
    own_stack: LocalStack, user: ApiClient, reviewer: OperateCommand
) -> None:
    document_id = send(user, b"A patient text.")
    assert "attempt_republished" not in AdminClient(own_stack).sweep()
    review = find_review(user, document_id)
    assert review is not None
    assert review["status"] == "waiting"
    reviewer.run("review", "approve", *select(reviewer, document_id))
    assert user.wait_until_processed(document_id)["status"] == "ready"


def test_not_even_the_reviewer_can_make_a_url_of_a_staged_file(
    own_stack: LocalStack, user: ApiClient, role: PolicyRole, reviewer: OperateCommand
) -> None:
    """The bucket denies presigned reads of staging, so that no URL of an unchecked file can leak."""
    document_id = send(user, b"A text without a URL.")
    selected = select(reviewer, document_id)
    key = f"staging/{selected[1]}/{document_id}"
    listed = own_stack.emulator.client("s3").list_object_versions(Bucket=own_stack.bucket, Prefix=key)
    [version] = listed["Versions"]
    s3 = role.create_s3_client()
    target = {"Bucket": own_stack.bucket, "Key": key, "VersionId": version["VersionId"]}
    assert s3.get_object(**target)["Body"].read() == b"A text without a URL."
    assert httpx.get(s3.generate_presigned_url("get_object", Params=target)).status_code == 403
    reviewer.run("review", "reject", *selected)


def test_every_right_of_the_reviewer_is_needed(
    user: ApiClient, role: PolicyRole, reviewer: OperateCommand, tmp_path: Path
) -> None:
    document_id = send(user, b"A text of whom nobody has a right.")
    selected = select(reviewer, document_id)
    commands = {
        "FindTheDeployment": ["list"],
        "FindWhatWaits": ["list"],
        "ReadTheFile": ["show", *selected, "--output", str(tmp_path / "a.txt")],
        "SendTheVerdict": ["approve", *selected],
    }
    assert commands.keys() == set(role.list_sids())
    for sid, command in commands.items():
        with role.without(sid):
            assert reviewer.start("review", *command).returncode == 1, sid
        reviewer.run("review", *command)
    assert user.wait_until_processed(document_id)["status"] == "ready"
