"""The command `dead-letters` on moto."""

from typing import Any

import pytest

from operate.__main__ import main
from operate.deployment import Deployment
from operate.queues import DeadLetters, list_dead_letter_queues


@pytest.fixture
def letters(deployment: Deployment) -> DeadLetters:
    [queue] = list_dead_letter_queues(deployment)
    return DeadLetters(deployment.client("sqs"), queue)


def run(deployment: Deployment, *words: str) -> int:
    return main(["--stage", "test", "dead-letters", *words], deployment)


def read_source(letters: DeadLetters) -> list[dict[str, Any]]:
    received = letters.client.receive_message(
        QueueUrl=letters.queue.source_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return list(received.get("Messages", []))


def test_a_list_counts_the_dead_letters_of_each_queue(
    deployment: Deployment, letters: DeadLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(deployment, "list") == 0
    letters.client.send_message(QueueUrl=letters.queue.url, MessageBody="body")
    assert run(deployment, "list") == 1
    assert capsys.readouterr().out.splitlines() == ["        0  ObjectCreated", "        1  ObjectCreated"]


def test_showing_changes_nothing(
    deployment: Deployment, letters: DeadLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        letters.client.send_message(QueueUrl=letters.queue.url, MessageBody=f"body {number}")
    for _ in range(2):
        assert run(deployment, "show", "ObjectCreated") == 0
        lines = capsys.readouterr().out.splitlines()
        assert {line.split("  ")[-1] for line in lines} == {f"body {number}" for number in range(12)}


def test_a_message_is_put_back_as_a_new_one(deployment: Deployment, letters: DeadLetters) -> None:
    old = {"firstSeen": {"DataType": "Number", "StringValue": "1"}}
    letters.client.send_message(QueueUrl=letters.queue.url, MessageBody="body", MessageAttributes=old)
    assert run(deployment, "put-back", "ObjectCreated", "--dry-run") == 0
    assert read_source(letters) == []
    assert run(deployment, "put-back", "ObjectCreated") == 0
    [message] = read_source(letters)
    assert (message["Body"], message.get("MessageAttributes")) == ("body", None)
    assert letters.count() == 0


def test_only_the_named_message_is_put_back(deployment: Deployment, letters: DeadLetters) -> None:
    ids = [
        letters.client.send_message(QueueUrl=letters.queue.url, MessageBody=body)["MessageId"]
        for body in ("one", "two")
    ]
    assert run(deployment, "put-back", "ObjectCreated", "--message-id", ids[1]) == 0
    assert [message["Body"] for message in read_source(letters)] == ["two"]
    assert letters.count() == 1
    assert run(deployment, "put-back", "ObjectCreated", "--message-id", "unknown") == 1


def test_an_unknown_queue_is_an_error_that_names_the_others(
    deployment: Deployment, letters: DeadLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(deployment, "show", "Nothing") == 1
    assert "there are ObjectCreated" in capsys.readouterr().err
