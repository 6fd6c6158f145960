"""Events in the deployed template: a rule of another stack sends them to a queue, what fails is published again, minimal rights."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from local.aws import ROOT
from local.stack import LocalStack
from operate.__main__ import main
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.event_tail import listen
from tests.case_counts import CountCases
from tests.infra.policy import as_list
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import start_shared_stack
from tests.journeys.event_scenarios import BLOCK, PUBLISH, SCENARIOS, Failures
from tests.journeys.event_sources import EventSources
from tests.journeys.files import png
from tests.journeys.operator import OperatorRole, create_role, open_deployment
from tests.journeys.policy_role import PolicyRole, create_policy_role, read_policy
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenario_context import ScenarioContext
from tests.journeys.wait import wait_until
from tests.operate.test_event_forward import receive

OTHER = "f" * 32
"""Key of another owner."""


@pytest.fixture(scope="module")
def events_stack() -> Iterator[LocalStack]:
    with start_shared_stack(suspiciousRejections="1", blockSuspicious="true") as running:
        yield running


@pytest.fixture(scope="module")
def user(events_stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(events_stack.api, events_stack.users[0].access_token, http)


@pytest.fixture(scope="module")
def context(events_stack: LocalStack, user: ApiClient) -> ScenarioContext:
    sources = EventSources(events_stack.emulator.client("lambda"))
    return ScenarioContext(user, Roles(events_stack), AdminClient(events_stack), sources)


@pytest.fixture(scope="module")
def role(events_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> OperatorRole:
    return create_role(events_stack, open_deployment(events_stack, tmp_path_factory.mktemp("operator")))


@pytest.fixture
def operate(role: OperatorRole) -> Callable[..., int]:
    return lambda *words: main(["--stage", "local", *words], replace(role.deployment))


@pytest.fixture(scope="module")
def subscriber(events_stack: LocalStack) -> str:
    """The URL of a queue that a rule on the bus sends every event to."""
    emulator = events_stack.emulator
    sqs, bus = emulator.client("sqs"), emulator.client("events")
    url = str(sqs.create_queue(QueueName="subscriber")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    name = next(each["Name"] for each in bus.list_event_buses()["EventBuses"] if each["Name"] != "default")
    pattern = json.dumps({"source": ["airlock"]})
    bus.put_rule(Name="documents", EventBusName=name, EventPattern=pattern)
    bus.put_targets(Rule="documents", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    return url


def receive_until(stack: LocalStack, url: str, last: str) -> list[dict[str, Any]]:
    """Returns the events up to the first of the type `last`."""
    sqs, events = stack.emulator.client("sqs"), list[dict[str, Any]]()

    def receive() -> bool:
        response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in response.get("Messages", []):
            events.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return any(event["detail-type"] == last for event in events)

    wait_until(receive, f"{last} in the queue")
    return events


def test_a_subscriber_gets_every_change_of_a_document(
    events_stack: LocalStack, subscriber: str, user: ApiClient
) -> None:
    document_id = user.upload(png(), "a.png", "image/png")["id"]
    events = receive_until(events_stack, subscriber, "document.ready")
    first = {event["detail"]["sequence"]: event for event in events}
    assert [first[number]["detail-type"] for number in sorted(first)] == [
        "document.created",
        "document.processing",
        "document.ready",
    ]
    assert sorted(first) == [1, 2, 3]
    assert {event["source"] for event in events} == {"airlock"}
    ready = first[3]["detail"]
    assert (ready["id"], ready["bucket"]) == (document_id, events_stack.bucket)
    head = events_stack.emulator.client("s3").head_object(
        Bucket=ready["bucket"], Key=ready["key"], VersionId=ready["versionId"]
    )
    assert head["ContentLength"] == ready["size"]


def read_owner(context: ScenarioContext, document_id: str) -> str:
    return str(context.admin.get_item(document_id)["pk"]["S"])


def lose_changes(context: ScenarioContext, user: ApiClient) -> str:
    """Creates a document whose change the bus does not take, so that it goes to the bucket. Returns the id."""
    failures = Failures(context.admin)
    failures.set_retries(0)
    try:
        with context.roles.remove(Permission(PUBLISH, "events:PutEvents", "bus")):
            document_id = str(user.create(png(), "lost.png", "image/png")["document"]["id"])
            wait_until(lambda: bool(failures.list_keys()), "the change is in the bucket of failures")
    finally:
        failures.set_retries(-1)
    return document_id


def test_doctor_finds_nothing_about_events(
    operate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    checks = ("event-sources", "roles", "functions", "event-failures", "lifecycle", "public-access")
    is_found = operate("doctor", *(word for check in checks for word in ("--check", check)))
    assert not is_found, capsys.readouterr().out


def test_what_could_not_be_published_is_published_again(
    events_stack: LocalStack,
    subscriber: str,
    context: ScenarioContext,
    user: ApiClient,
    operate: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    document_id = lose_changes(context, user)
    [failure] = Failures(context.admin).read()
    assert "lost.png" in failure["payload"]
    # A batch may have the changes of an earlier test too.
    lost = len(json.loads(failure["payload"])["Records"])
    assert operate("doctor", "--check", "event-failures") == 1
    assert "events replay" in capsys.readouterr().out
    assert operate("events", "replay") == 0
    assert capsys.readouterr().out == f"{lost:>9}  published\n"
    [created] = receive_until(events_stack, subscriber, "document.created")
    assert (created["detail"]["id"], created["detail"]["sequence"]) == (document_id, 1)
    assert operate("doctor", "--check", "event-failures") == 0


def test_the_last_change_of_a_document_is_published_from_its_record(
    events_stack: LocalStack, subscriber: str, user: ApiClient, operate: Callable[..., int]
) -> None:
    document_id = user.create(png(), "a.png", "image/png")["document"]["id"]
    receive_until(events_stack, subscriber, "document.created")
    assert operate("events", "replay", "--document", document_id) == 0
    [again] = receive_until(events_stack, subscriber, "document.created")
    assert (again["detail"]["id"], again["detail"]["sequence"]) == (document_id, 1)


def test_an_erasure_removes_the_changes_of_one_owner_that_could_not_be_published(
    context: ScenarioContext, user: ApiClient, role: OperatorRole, operate: Callable[..., int]
) -> None:
    owner, failures = read_owner(context, lose_changes(context, user)), Failures(context.admin)
    [key] = failures.list_keys()
    text = json.dumps(failures.read()[0])
    mixed = json.loads(text)
    records = json.loads(mixed["payload"])["Records"]
    mixed["payload"] = json.dumps(
        {"Records": [*records, *json.loads(json.dumps(records).replace(owner, OTHER))]}
    )
    context.s3.put_object(Bucket=failures.bucket, Key=key, Body=json.dumps(mixed).encode())
    with role.without("s3:PutObject"):
        assert operate("erase", "--owner", owner, "--yes") == 1
    assert owner in json.dumps(failures.read())
    operate("erase", "--owner", owner, "--yes")
    [left] = failures.read()
    assert owner not in json.dumps(left)
    assert OTHER in json.dumps(left)
    failures.delete_all()


@pytest.fixture(scope="module")
def developer(events_stack: LocalStack) -> PolicyRole:
    path = ROOT / "docs" / "policies" / "tail.json"
    return create_policy_role(events_stack, "AirlockTail", read_policy(path))


def list_temporary(stack: LocalStack) -> list[str]:
    """Returns the rules and the queues of `events tail`."""
    sqs, bus = stack.emulator.client("sqs"), stack.emulator.client("events")
    [name] = [each["Name"] for each in bus.list_event_buses()["EventBuses"] if each["Name"] != "default"]
    rules = [each["Name"] for each in bus.list_rules(EventBusName=name)["Rules"] if "-tail-" in each["Name"]]
    ready = [each for each in rules if bus.list_targets_by_rule(Rule=each, EventBusName=name)["Targets"]]
    return [*ready, *sqs.list_queues(QueueNamePrefix="Airlock-local-tail-").get("QueueUrls", [])]


def test_events_are_shown_and_forwarded_as_they_come(
    events_stack: LocalStack,
    role: OperatorRole,
    developer: PolicyRole,
    user: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = "whsec_" + b64encode(b"a secret of this test").decode()
    monkeypatch.setenv("AIRLOCK_WEBHOOK_SECRET", secret)
    deployment = replace(role.deployment, session=developer.open_session())
    with receive() as (url, received), ThreadPoolExecutor(1) as thread:
        words = ["--stage", "local", "events", "tail", "--forward", url, "--count", "1"]
        tail = thread.submit(main, words, deployment)
        wait_until(lambda: len(list_temporary(events_stack)) == 2, "the rule has its queue")
        document_id = user.create(png(), "a.png", "image/png")["document"]["id"]
        assert tail.result(timeout=60) == 0
    [(headers, body)] = received
    event = Webhook(secret).verify(body, headers)
    assert (event["type"], event["data"]["id"]) == ("document.created", document_id)
    assert f"document.created     {document_id}  1  -> 204" in capsys.readouterr().out
    assert list_temporary(events_stack) == []


def test_every_right_of_tail_is_needed(
    events_stack: LocalStack,
    role: OperatorRole,
    developer: PolicyRole,
    user: ApiClient,
    count_cases: CountCases,
) -> None:
    deployment = replace(role.deployment, session=developer.open_session())
    statements = developer.policy["Statement"]
    actions = [action for each in statements for action in as_list(each["Action"])]
    for action in actions:
        kept = [
            {**each, "Action": rest}
            for each in statements
            if (rest := [name for name in as_list(each["Action"]) if name != action])
        ]
        with developer.limited_to(kept), pytest.raises(OperateError):
            take_two(replace(deployment), user)
    take_two(replace(deployment), user)
    count_cases("IAM actions whose removal is noticed", len(actions))


def take_two(deployment: Deployment, user: ApiClient) -> None:
    """Receives two events, of which the first is deleted."""
    with listen(deployment) as queue:
        for _ in range(2):
            user.create(png(), "a.png", "image/png")
        assert len([*islice(queue.events(), 2)]) == 2


def test_an_owner_whose_files_are_rejected_again_and_again_is_blocked(
    events_stack: LocalStack,
    subscriber: str,
    context: ScenarioContext,
    http: httpx.Client,
    operate: Callable[..., int],
) -> None:
    grace = ApiClient(events_stack.api, events_stack.users[1].access_token, http)
    for _ in range(2):
        created = grace.create(b"no image", "a.png", "image/png")
        grace.put(created["upload"], b"no image")
    received = receive_until(events_stack, subscriber, "owner.suspicious")
    detail = next(each["detail"] for each in received if each["detail-type"] == "owner.suspicious")
    assert (detail["counter"], detail["value"], detail["limit"]) == ("rejections", 2, 1)
    owner = read_owner(context, created["document"]["id"])
    assert detail["owner"] == owner
    wait_until(lambda: is_blocked(grace), "the owner is blocked")
    assert operate("unblock", "--owner", owner) == 0
    assert not is_blocked(grace)
    assert operate("block", "--owner", owner) == 0
    assert is_blocked(grace)


def is_blocked(user: ApiClient) -> bool:
    response = user.request(
        "POST", "/documents", json={"fileName": "a.png", "size": 1, "contentType": "image/png"}
    )
    assert response.status_code in (201, 403), response.text
    return bool(response.status_code == 403 and response.json()["code"] == "owner_blocked")


@pytest.mark.usefixtures("subscriber")
def test_every_permission_of_a_function_of_events_is_needed(
    context: ScenarioContext, count_cases: CountCases
) -> None:
    functions = {PUBLISH, BLOCK}
    rights = {each for each in context.roles.list_permissions() if each.function in functions}
    assert rights == set(SCENARIOS)
    for permission, scenario in SCENARIOS.items():
        context.roles.prove_need(permission, partial(scenario, context))
        count_cases("IAM actions whose removal is noticed", 1)
