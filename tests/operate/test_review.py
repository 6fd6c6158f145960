"""The command `review` with a function, a bucket and a queue that a test plays."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from functions.domain.codes import Code
from functions.features.review.definition import DEFINITION
from functions.messages import step_results
from operate.__main__ import main
from operate.commands.review import STEP
from operate.deployment import Deployment
from tests.examples import OWNER, an_id

DOCUMENT = {
    "owner": OWNER,
    "documentId": an_id(),
    "kind": "reviewed",
    "fileName": "cat.png",
    "contentType": "image/png",
    "size": 3,
    "waitingSince": "2026-11-28T12:00:00+00:00",
    "attempt": 2,
    "key": "staging/a/b",
    "versionId": "v1",
}


@dataclass
class FakeAws:
    """A session of boto3, and every client that it returns. `error` is raised by S3 and SQS."""

    documents: list[Mapping[str, Any]] = field(default_factory=lambda: [DOCUMENT])
    error: ClientError | None = None
    has_step: bool = True
    payloads: list[Mapping[str, Any]] = field(default_factory=list)
    requests: list[Mapping[str, str]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def client(self, _service: str, **_options: object) -> Any:
        return self

    def describe_stacks(self, **_request: str) -> Mapping[str, Any]:
        outputs = {"SweepsFunction": "sweeps", "Bucket": "bucket"}
        outputs |= {"ReviewResults": "results"} if self.has_step else {}
        listed = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
        return {"Stacks": [{"Outputs": listed}]}

    def invoke(self, Payload: bytes, **_request: str) -> Mapping[str, Any]:  # noqa: N803 - names of boto3
        order = json.loads(Payload)
        self.payloads.append(order)
        return {"Payload": io.BytesIO(json.dumps(self._answer(order)).encode())}

    def _answer(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        if "findWaiting" in order:
            return {"document": self.documents[0] if self.documents else None}
        is_first = "cursor" not in order["listWaiting"]
        return {"documents": self.documents, "cursor": "next" if is_first else None}

    def get_object(self, **request: str) -> Mapping[str, Any]:
        if self.error:
            raise self.error
        self.requests.append(request)
        return {"Body": StreamingBody(io.BytesIO(b"cat"), 3)}

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - names of boto3
        if self.error:
            raise self.error
        assert QueueUrl == "results"
        self.sent.append(json.loads(MessageBody))


def run(aws: FakeAws, action: str, *arguments: str) -> int:
    chosen = [] if action == "list" else ["--owner", OWNER, "--document-id", an_id()]
    words = ["--stage", "test", "review", action, *chosen, *arguments]
    return main(words, Deployment(stack="Airlock-test", session=aws))


def test_the_command_names_the_step_as_the_pipeline_does() -> None:
    assert DEFINITION.name == STEP


def test_a_list_is_printed_until_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    aws = FakeAws()
    assert run(aws, "list") == 0
    assert aws.payloads == [
        {"listWaiting": {"step": STEP}},
        {"listWaiting": {"step": STEP, "cursor": "next"}},
    ]
    line = "\t".join(["2026-11-28T12:00:00+00:00", "reviewed", "image/png", "3", OWNER, an_id(), "cat.png"])
    assert capsys.readouterr().out == f"{line}\n" * 2


def test_a_file_is_saved_as_exactly_the_version_that_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws, target = FakeAws(), tmp_path / "cat.png"
    assert run(aws, "show", "--output", str(target)) == 0
    assert target.read_bytes() == b"cat"
    assert aws.requests == [{"Bucket": "bucket", "Key": "staging/a/b", "VersionId": "v1"}]
    assert run(aws, "show", "--output", str(target)) == 1
    assert "cannot be written: File exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "outcome", "code", "detail"),
    [
        (["approve"], "passed", None, None),
        (["reject"], "rejected", Code.REVIEW_REJECTED, None),
        (["reject", "--reason", "Too dark."], "rejected", Code.REVIEW_REJECTED, "Too dark."),
    ],
)
def test_a_verdict_is_a_result_of_the_step(
    arguments: list[str], outcome: str, code: str | None, detail: str | None
) -> None:
    aws = FakeAws()
    assert run(aws, *arguments) == 0
    [sent] = aws.sent
    result = step_results.parse(json.dumps(sent), STEP)
    assert (result.owner, result.document_id, result.attempt, result.version) == (OWNER, an_id(), 2, "v1")
    assert (result.outcome, result.code, result.detail) == (outcome, code, detail)
    assert result.facts == {}


@pytest.mark.parametrize("action", ["show", "approve", "reject"])
def test_a_document_that_does_not_wait_is_an_error(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = FakeAws(documents=[])
    output = ["--output", str(tmp_path / "x")] if action == "show" else []
    assert run(aws, action, *output) == 1
    assert "does not wait for a review" in capsys.readouterr().err
    assert aws.sent == aws.requests == []


def test_an_operator_without_the_rights_learns_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "Not you."}}, "GetObject")
    aws, target = FakeAws(error=denied), tmp_path / "x"
    assert run(aws, "show", "--output", str(target)) == 1
    assert not target.exists()
    assert run(aws, "approve") == 1
    assert capsys.readouterr().err.count("AccessDenied") == 2


def test_a_deployment_without_the_step_has_no_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    aws = FakeAws(has_step=False)
    assert run(aws, "approve") == 1
    assert "no kind of this deployment lists the step review" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        *(["reject", "--reason", reason] for reason in ("", "x" * 501)),
        ["approve", "--reason", "Too dark."],
        ["show"],
        ["approve", "--output", "x"],
    ],
    ids=["no reason", "a long reason", "a reason to approve", "show without a file", "approve with a file"],
)
def test_arguments_that_make_no_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        run(FakeAws(), *words)


def test_a_document_is_selected_by_owner_and_id() -> None:
    for words in (["list", "--owner", OWNER], ["approve", "--document-id", an_id()], ["approve"]):
        with pytest.raises(SystemExit):
            main(["--stage", "test", "review", *words], Deployment(stack="Airlock-test", session=FakeAws()))
