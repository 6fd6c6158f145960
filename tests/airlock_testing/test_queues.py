"""The queues in memory, as the functions and Lambda use them."""

from datetime import timedelta

from airlock_testing.service.clock import MovableClock
from airlock_testing.service.queues import Queues, queue_url, to_lambda_event
from functions.messages.batch import queue_name

NAMES = frozenset({"a"})


def test_a_message_is_due_after_its_delay_by_the_clock_that_moves() -> None:
    clock = MovableClock()
    queues = Queues(clock.now)
    queues.respond("SendMessage", {"QueueUrl": queue_url("a"), "MessageBody": "late", "DelaySeconds": 900})
    assert queues.find_due(NAMES) is None
    clock.move(timedelta(minutes=15))
    message = queues.find_due(NAMES)
    assert message is not None
    assert message.body == "late"
    assert queues.find_due(frozenset({"b"})) is None


def test_a_message_that_failed_comes_again_when_its_consumer_wants_it() -> None:
    clock = MovableClock()
    queues = Queues(clock.now)
    queues.send("a", "failing")
    message = queues.find_due(NAMES)
    assert message is not None
    message.deliveries += 1
    request = {"QueueUrl": queue_url("a"), "ReceiptHandle": message.receipt, "VisibilityTimeout": 20}
    assert queues.respond("ChangeMessageVisibility", request) == {}
    queues.postpone(message)
    assert 15 < (queues.seconds_until_due(NAMES) or 0) <= 20
    queues.delete(message)
    assert queues.seconds_until_due(NAMES) is None


def test_lambda_sees_the_queue_the_age_and_the_attributes_of_a_message() -> None:
    queues = Queues(MovableClock().now)
    attributes = {"timesSent": {"DataType": "Number", "StringValue": "2"}}
    queues.send("a", "body", attributes=attributes)
    message = queues.find_due(NAMES)
    assert message is not None
    event = to_lambda_event(message)
    [record] = event["Records"]
    assert queue_name(event) == "a"
    assert record["messageAttributes"] == {"timesSent": {"stringValue": "2", "dataType": "Number"}}
    assert int(record["attributes"]["SentTimestamp"]) == int(message.sent_at.timestamp() * 1000)


def test_the_oldest_message_is_first_and_matching_ones_can_be_deleted() -> None:
    queues = Queues(MovableClock().now)
    for body in ('{"n": 1}', '{"n": 2}', "text"):
        queues.send("a", body)
    first = queues.find_due(NAMES)
    assert first is not None
    assert first.body == '{"n": 1}'
    queues.delete_matching("a", lambda content: isinstance(content, dict) and content["n"] == 1)
    assert queues.list_bodies("a") == ['{"n": 2}', "text"]
