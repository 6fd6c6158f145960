"""A batch of SQS messages: which ones fail, in which order they are processed, and when they are retried."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.queues import Message
from functions.messages.batch import MAX_DELIVERIES, BatchConfig, process_batch

NOW = 1_777_896_600
SENT = NOW - 600
"""Epoch seconds at which SQS got a message that was never sent anew."""


def message(body: str, deliveries: int = 1, **attributes: int) -> dict[str, Any]:
    """`attributes` are the message attributes of one that was sent anew."""
    return {
        "messageId": f"id of {body}",
        "receiptHandle": f"handle of {body}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(deliveries), "SentTimestamp": str(SENT * 1000)},
        "messageAttributes": {
            name: {"stringValue": str(value), "dataType": "Number"} for name, value in attributes.items()
        },
    }


@dataclass
class RecordedQueue:
    """Implements `functions.domain.queues.MessageQueue`."""

    sent_anew: list[tuple[Message, int]] = field(default_factory=list)
    buried: list[Message] = field(default_factory=list)
    retries: dict[str, int] = field(default_factory=dict)
    is_down: bool = False

    def send_anew(self, message: Message, delay: int) -> None:
        self._check()
        self.sent_anew.append((message, delay))

    def bury(self, message: Message) -> None:
        self._check()
        self.buried.append(message)

    def hide(self, message: Message, seconds: int) -> None:
        self.retries[message.receipt_handle] = seconds

    def _check(self) -> None:
        if self.is_down:
            raise Unavailable(Code.QUEUE_UNAVAILABLE)


class Batch:
    """Processes messages with `handler`, and records what was processed and what became of the messages."""

    def __init__(
        self, handler: Callable[[str], Sequence[str]], has_time: Callable[[], bool] = lambda: True
    ) -> None:
        self.processed: list[str] = []
        self.queue = RecordedQueue()
        self._handler = handler
        self._has_time = has_time

    def process(self, *messages: dict[str, Any]) -> list[str]:
        """Returns the ids of the messages that return to the queue."""
        config = BatchConfig(
            handler=self._handle,
            group_key=lambda body: body[0],
            has_time=self._has_time,
            queue=self.queue,
            again_at_once=frozenset({"paused"}),
            is_repeated=lambda body: body.startswith("r"),
            clock=lambda: NOW,
        )
        failures = process_batch({"Records": list(messages)}, config)["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def _handle(self, body: str) -> Sequence[str]:
        self.processed.append(body)
        return self._handler(body)


def fail(body: str) -> list[str]:
    raise RuntimeError(body)


def meet_a_fault(body: str) -> list[str]:
    raise Unavailable(Code.STORAGE_UNAVAILABLE)


def fail_on_b(body: str) -> list[str]:
    if body.startswith("b"):
        raise RuntimeError(body)
    return ["ready"]


def test_only_the_failed_message_returns_to_the_queue() -> None:
    batch = Batch(fail_on_b)
    assert batch.process(message("a"), message("b"), message("c")) == ["id of b"]
    assert sorted(batch.processed) == ["a", "b", "c"]
    assert batch.queue.retries == {"handle of b": 5}


@pytest.mark.parametrize("handler", [meet_a_fault, lambda body: ["leased"], lambda body: ["ready", "leased"]])
def test_a_fault_or_a_lease_uses_up_no_delivery(handler: Callable[[str], Sequence[str]]) -> None:
    batch = Batch(handler)
    assert batch.process(message("a", deliveries=MAX_DELIVERIES)) == []
    [(sent, delay)] = batch.queue.sent_anew
    assert (sent.body, sent.first_seen, delay) == ("a", SENT, 5)
    assert not batch.queue.buried


def test_a_message_that_is_sent_anew_keeps_the_time_when_it_was_first_seen() -> None:
    batch = Batch(meet_a_fault)
    batch.process(message("a", firstSeen=(SENT - 3600) * 1000, timesSent=4))
    [(sent, delay)] = batch.queue.sent_anew
    assert (sent.first_seen, sent.times_sent, delay) == (SENT - 3600, 4, 40)


def test_a_message_that_its_sender_repeats_is_dropped_in_an_outage() -> None:
    batch = Batch(meet_a_fault)
    assert batch.process(message("republished"), message("a")) == []
    assert [sent.body for sent, _ in batch.queue.sent_anew] == ["a"]


def test_a_message_that_its_sender_repeats_waits_for_the_end_of_a_lease() -> None:
    batch = Batch(lambda body: ["leased"])
    assert batch.process(message("republished")) == []
    assert [sent.body for sent, _ in batch.queue.sent_anew] == ["republished"]


@pytest.mark.parametrize("outcomes", [["paused"], ["ready", "paused"]])
def test_a_message_that_paused_comes_again_at_once_however_often_it_came(outcomes: list[str]) -> None:
    batch = Batch(lambda body: outcomes)
    assert batch.process(message("a", deliveries=8, timesSent=8)) == []
    assert [delay for _, delay in batch.queue.sent_anew] == [0]


def test_a_message_that_fails_without_a_known_cause_goes_to_the_dead_letters_after_five_deliveries() -> None:
    batch = Batch(fail)
    assert batch.process(message("a", MAX_DELIVERIES - 1)) == ["id of a"]
    assert batch.queue.buried == []
    assert batch.process(message("a", MAX_DELIVERIES)) == []
    assert [buried.body for buried in batch.queue.buried] == ["a"]


def test_what_cannot_be_sent_stays_in_the_queue() -> None:
    for handler in (meet_a_fault, fail):
        batch = Batch(handler)
        batch.queue.is_down = True
        assert batch.process(message("a", MAX_DELIVERIES)) == ["id of a"]


def test_the_log_says_how_old_the_oldest_unfinished_message_is(caplog: pytest.LogCaptureFixture) -> None:
    """An alarm reads `oldest_seconds` (infra/alarms.py)."""

    def meet_a_fault_on_b(body: str) -> list[str]:
        return meet_a_fault(body) if body == "b" else ["ready"]

    Batch(meet_a_fault_on_b).process(message("a", firstSeen=1000), message("b"))
    Batch(lambda body: ["ready"]).process(message("a"))
    batches = [vars(record) for record in caplog.records if record.message == "batch"]
    assert [line["oldest_seconds"] for line in batches] == [600, 0]


def test_a_message_without_items_is_done() -> None:
    assert Batch(lambda body: []).process(message("a")) == []


def test_without_time_no_message_is_processed_and_all_come_again_at_once() -> None:
    batch = Batch(lambda body: ["ready"], has_time=lambda: False)
    assert batch.process(message("a"), message("b", 7)) == []
    assert batch.processed == []
    assert [(sent.body, delay) for sent, delay in batch.queue.sent_anew] == [("a", 0), ("b", 0)]


def test_returns_for_lack_of_time_use_up_no_delivery_of_a_message_that_fails_later() -> None:
    deliveries = 1
    for _ in range(2 * MAX_DELIVERIES):
        batch = Batch(fail, has_time=lambda: False)
        returned = batch.process(message("a", deliveries))
        deliveries = deliveries + 1 if returned else 1
    batch = Batch(fail)
    assert batch.process(message("a", deliveries)) == ["id of a"]
    assert not batch.queue.buried


def test_messages_of_one_group_are_processed_in_order() -> None:
    batch = Batch(lambda body: ["ready"])
    batch.process(*[message(f"a{number}") for number in range(20)])
    assert batch.processed == [f"a{number}" for number in range(20)]


def test_messages_of_different_groups_are_processed_concurrently() -> None:
    both_started = threading.Barrier(2)

    def wait_for_the_other(body: str) -> list[str]:
        both_started.wait(timeout=10)
        return ["ready"]

    assert Batch(wait_for_the_other).process(message("a"), message("b")) == []


@pytest.mark.parametrize(("times", "delay"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (100, 900)])
def test_the_delay_doubles_each_time_up_to_a_quarter_of_an_hour(times: int, delay: int) -> None:
    batch = Batch(meet_a_fault)
    batch.process(message("b", timesSent=times))
    assert [each for _, each in batch.queue.sent_anew] == [delay]
