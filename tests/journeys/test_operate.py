"""The commands of an operator on the local stack, with the documented policy and without any single action of it."""

import json
import re
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from local.stack import LocalStack
from operate.__main__ import main
from tests.case_counts import CountCases
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import png
from tests.journeys.operator import (
    SLOWEST_SMOKE,
    OperatorRole,
    create_role,
    list_actions,
    open_as_reader,
    open_deployment,
)
from tests.journeys.operator_permissions import (
    AUDIT_SCENARIOS,
    EVENTS,
    GUARDDUTY_SCENARIOS,
    OWNER,
    SCENARIOS,
    UNPROVED,
    Scenario,
)
from tests.journeys.test_doctor import subscribe_team
from tests.owner_content import OwnerContent
from tests.runbooks import RUNBOOKS, list_commands

Operate = Callable[..., int]


@pytest.fixture(scope="module")
def role(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> OperatorRole:
    deployment = open_deployment(stack, tmp_path_factory.mktemp("operator"))
    subscribe_team(deployment)
    return create_role(stack, deployment)


@pytest.fixture
def operate(role: OperatorRole) -> Operate:
    """Runs a command with the role of the operator and returns its exit code. Nothing is remembered from the one before."""
    return lambda *words: main(["--stage", "local", *words], replace(role.deployment))


@pytest.fixture
def content(stack: LocalStack, admin: AdminClient) -> OwnerContent:
    return OwnerContent(admin.client("dynamodb"), stack.table, admin.client("s3"), stack.bucket, OWNER)


def read_json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    values: dict[str, object] = json.loads(capsys.readouterr().out)
    return values


def test_smoke_uploads_by_each_method_and_is_fast(
    operate: Operate, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    assert operate("smoke", "--json") == 0
    assert time.monotonic() - started < SLOWEST_SMOKE
    result = read_json(capsys)
    assert result["methods"] == ["PUT", "POST", "MULTIPART"]
    steps = [step["name"] for step in result["steps"]]  # type: ignore[attr-defined]
    assert steps[-1] == "MULTIPART purge"


def test_a_document_is_found_without_its_owner(
    operate: Operate, ada: ApiClient, capsys: pytest.CaptureFixture[str]
) -> None:
    document_id = ada.upload(png(), "wanted.png", "image/png")["id"]
    assert operate("find", "--id", document_id) == 0
    assert capsys.readouterr().out.startswith(f"{document_id}\t")
    assert operate("show", document_id) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{document_id}  ready\n")
    assert "  version  documents/" in shown
    assert operate("find", "--name", "wanted") == 0
    assert document_id in capsys.readouterr().out


def test_a_reader_checks_and_finds_but_changes_nothing(
    role: OperatorRole, stack: LocalStack, ada: ApiClient, capsys: pytest.CaptureFixture[str]
) -> None:
    document_id = ada.upload(png(), "read.png", "image/png")["id"]
    reader = open_as_reader(stack, role.deployment)
    assert main(["--stage", "local", "find", "--name", "read.png"], replace(reader)) == 0
    assert main(["--stage", "local", "show", document_id], replace(reader)) == 0
    assert capsys.readouterr().out.count(document_id) >= 2
    main(["--stage", "local", "doctor"], replace(reader))
    assert not re.search("could not be made|cannot be read", capsys.readouterr().out)
    assert main(["--stage", "local", "stop-urls"], replace(reader)) == 1
    assert "AccessDenied" in capsys.readouterr().err


def test_stopped_urls_work_again_after_resume(operate: Operate, ada: ApiClient) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]
    assert operate("stop-urls") == 0
    try:
        assert ada.put(upload, data).status_code == 403
        assert operate("doctor", "--check", "bucket-policy") == 1
    finally:
        assert operate("resume-urls") == 0
    assert ada.put(upload, data).status_code == 200


def test_dead_letters_are_shown_and_put_back(
    operate: Operate, admin: AdminClient, capsys: pytest.CaptureFixture[str]
) -> None:
    purge_dead_letters(admin)
    bury_slice(admin)
    assert operate("dead-letters", "list") == 1
    assert "        1  SweepSlices\n" in capsys.readouterr().out
    assert operate("dead-letters", "show", "SweepSlices") == 0
    assert "due/0" in capsys.readouterr().out
    assert operate("dead-letters", "put-back", "SweepSlices") == 0
    operate("dead-letters", "list")
    assert "        0  SweepSlices\n" in capsys.readouterr().out


def test_an_owner_is_exported_and_erased(
    operate: Operate,
    content: OwnerContent,
    event_sources: EventSources,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with event_sources.pause():
        documents = content.fill(2)
        assert operate("export", "--owner", OWNER, str(tmp_path / "export")) == 0
        lines = (tmp_path / "export" / "documents.ndjson").read_text().splitlines()
        assert len(lines) == len(documents)
        capsys.readouterr()
        operate("erase", "--owner", OWNER, "--yes", "--json", "--receipt", str(tmp_path / "receipt.json"))
        assert content.list_left() == []
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert receipt == read_json(capsys)
    assert receipt["deleted"]["documents"] == len(documents)
    assert receipt["left"] == {}
    # A document in progress may have URLs and functions at work.
    assert (receipt["complete"], receipt["repeatAfter"] is None) == (False, False)
    assert [later["what"].split()[0] for later in receipt["later"]] == ["backups", "logs", "messages", "the"]


def test_every_command_of_the_runbooks_runs(operate: Operate, capsys: pytest.CaptureFixture[str]) -> None:
    commands = {command for page in RUNBOOKS for command in list_commands(page)}
    # `smoke` has a test of its own, and what the others show of a document needs one. This stack has no webhook, no audit trail
    # and no event bus: their journeys run those commands.
    excluded = re.compile(r"smoke| show [0-9a-f]|\.\.\.|^--stage prod (webhooks|audit|events) ")
    chosen = sorted(each for each in commands if not excluded.search(each))
    assert len(chosen) > 20
    try:
        for command in chosen:
            assert operate(*command.removeprefix("--stage prod ").split()) in (0, 1), command
            assert "operate: " not in capsys.readouterr().err, command
    finally:
        assert operate("resume-urls") == 0


def test_every_action_has_a_scenario() -> None:
    proved = {action for action in list_actions() if not action.startswith(UNPROVED)}
    assert {*SCENARIOS, *GUARDDUTY_SCENARIOS, *AUDIT_SCENARIOS, *EVENTS} == proved


@pytest.mark.parametrize("action", sorted(SCENARIOS))
def test_a_command_fails_without_its_action_and_passes_with_it(
    role: OperatorRole,
    operate: Operate,
    content: OwnerContent,
    admin: AdminClient,
    event_sources: EventSources,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    action: str,
    count_cases: CountCases,
) -> None:
    scenario = SCENARIOS[action]
    with event_sources.pause() if scenario.needs_owner else nullcontext():
        words = prepare(scenario, content, admin, tmp_path)

        def list_failures() -> list[str]:
            operate(*words)
            printed = capsys.readouterr()
            if "erase" in words:
                return content.list_left()
            # The exit code is 1 also for what is found, such as a URL that is valid, or the dead letters of another test.
            failure = re.compile("operate: |could not be made|cannot be read")
            return [line for line in (printed.out + printed.err).splitlines() if failure.search(line)]

        try:
            with role.without(action):
                assert list_failures() != []
            assert list_failures() == []
        finally:
            clean_up(scenario, operate, admin)
    count_cases("IAM actions whose removal is noticed", 1)


def prepare(scenario: Scenario, content: OwnerContent, admin: AdminClient, folder: Path) -> list[str]:
    id = "00000000-0000-7000-8000-000000000000"
    if scenario.needs_owner:
        id = content.fill()[3].id
    if scenario.needs_dead_letter:
        bury_slice(admin)
    return [word.format(folder=folder / "export", id=id) for word in scenario.words]


def clean_up(scenario: Scenario, operate: Operate, admin: AdminClient) -> None:
    if scenario.needs_owner:
        operate("erase", "--owner", OWNER, "--yes")
    if scenario.needs_dead_letter:
        purge_dead_letters(admin)
    if "stop-urls" in scenario.words:
        assert operate("resume-urls") == 0


def bury_slice(admin: AdminClient) -> None:
    body = json.dumps({"slice": "due/0", "turn": 0})
    admin.client("sqs").send_message(QueueUrl=dead_letters_url(admin), MessageBody=body)


def purge_dead_letters(admin: AdminClient) -> None:
    admin.client("sqs").purge_queue(QueueUrl=dead_letters_url(admin))


def dead_letters_url(admin: AdminClient) -> str:
    urls = admin.client("sqs").list_queues()["QueueUrls"]
    return next(str(url) for url in urls if "SweepSlicesDeadLetters" in url)
