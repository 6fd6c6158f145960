"""A batch of SQS messages: which ones fail, in which order they are processed, and when they are retried."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from functions.messages.batch import BatchConfig, process_batch


def message(body: str, deliveries: int = 1) -> dict[str, Any]:
    return {
        "messageId": f"id of {body}",
        "receiptHandle": f"handle of {body}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(deliveries)},
    }


class Batch:
    """Processes messages with `handler`, and records what was processed and retried."""

    def __init__(
        self, handler: Callable[[str], Sequence[str]], has_time: Callable[[], bool] = lambda: True
    ) -> None:
        self.processed: list[str] = []
        self.retries: dict[str, int] = {}
        self._handler = handler
        self._has_time = has_time

    def process(self, *messages: dict[str, Any]) -> list[str]:
        """Returns the ids of the failed messages."""
        config = BatchConfig(
            handler=self._handle,
            group_key=lambda body: body[0],
            has_time=self._has_time,
            retry_in=self.retries.__setitem__,
            again_at_once=frozenset({"paused"}),
        )
        failures = process_batch({"Records": list(messages)}, config)["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def _handle(self, body: str) -> Sequence[str]:
        self.processed.append(body)
        return self._handler(body)


def fail_on_b(body: str) -> list[str]:
    if body.startswith("b"):
        raise RuntimeError(body)
    return ["ready"]


def test_only_the_failed_message_goes_back_to_the_queue() -> None:
    batch = Batch(fail_on_b)
    assert batch.process(message("a"), message("b"), message("c")) == ["id of b"]
    assert sorted(batch.processed) == ["a", "b", "c"]
    assert batch.retries == {"handle of b": 5}


def test_a_message_of_a_leased_document_goes_back_to_the_queue() -> None:
    assert Batch(lambda body: ["leased"]).process(message("a")) == ["id of a"]


@pytest.mark.parametrize(
    ("outcomes", "delay"), [(["paused"], 0), (["ready", "paused"], 0), (["leased"], 640)]
)
def test_a_message_that_paused_comes_again_at_once_however_often_it_came(
    outcomes: list[str], delay: int
) -> None:
    batch = Batch(lambda body: outcomes)
    assert batch.process(message("a", deliveries=8)) == ["id of a"]
    assert batch.retries == {"handle of a": delay}


def test_a_message_without_items_is_done() -> None:
    assert Batch(lambda body: []).process(message("a")) == []


def test_without_time_no_message_is_processed_and_all_go_back_to_the_queue() -> None:
    batch = Batch(lambda body: ["ready"], has_time=lambda: False)
    assert batch.process(message("a"), message("b")) == ["id of a", "id of b"]
    assert batch.processed == []


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


@pytest.mark.parametrize(("deliveries", "delay"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (100, 900)])
def test_the_retry_delay_doubles_with_each_delivery_up_to_a_quarter_of_an_hour(
    deliveries: int, delay: int
) -> None:
    batch = Batch(fail_on_b)
    batch.process(message("b", deliveries))
    assert batch.retries == {"handle of b": delay}
