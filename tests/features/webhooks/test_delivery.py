"""Delivery to an endpoint with every kind of misbehaviour, over days that pass in milliseconds."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from standardwebhooks import Webhook

from functions.domain.document import Status
from functions.domain.document_operations import apply_event
from functions.domain.events import DeleteRequested
from functions.domain.webhooks import SendFailure
from functions.features.webhooks.delivery import parse_retry_after
from functions.features.webhooks.secrets import PREFIX
from tests.domain.step_examples import a_passed_step, a_render_step
from tests.examples import NOW
from tests.features.webhooks.webhook_world import (
    SECRETS,
    Answer,
    Behave,
    World,
    attempts_of,
    ready_document,
    respond,
    script,
)

HOUR = 3_600
SCHEDULE = [0, 30, 150, 1_050, 4_650, 19_050, 62_250, 148_650]
"""Seconds of the eight attempts: 0, then 30 s, 2 min, 15 min, 1 h, 4 h, 12 h and 24 h, each after the one before."""


def always(answer: Answer) -> Behave:
    return lambda _seconds: answer


def recover_after(seconds: float, answer: Answer) -> Behave:
    return lambda now: answer if now < seconds else respond(200)


def test_an_event_is_delivered_at_once_and_once() -> None:
    world = World(always(respond(204)))
    id = world.publish(ready_document())
    world.run()
    assert attempts_of(world, id) == [0]
    assert world.sqs.dead == []


@pytest.mark.parametrize(
    "answer",
    [
        respond(500),
        respond(301),
        respond(404),
        respond(100),
        SendFailure.ADDRESS_NOT_PUBLIC,
        SendFailure.TIMED_OUT,
        SendFailure.INVALID_RESPONSE,
        SendFailure.TLS_FAILED,
    ],
    ids=str,
)
def test_an_endpoint_that_never_takes_it_gets_eight_attempts_in_41_hours_and_then_a_dead_letter(
    answer: Answer,
) -> None:
    world = World(always(answer))
    id = world.publish(ready_document())
    world.run()
    assert attempts_of(world, id) == SCHEDULE
    [letter] = world.sqs.dead
    assert json.loads(letter.body)["detail-type"] == "document.ready"
    assert letter.attributes["attempts"]["StringValue"] == "8"


@pytest.mark.parametrize(
    "answer", [respond(500), respond(503), SendFailure.CONNECTION_FAILED, SendFailure.TIMED_OUT], ids=str
)
def test_after_three_hours_of_outage_everything_is_delivered_once(answer: Answer) -> None:
    world = World(recover_after(3 * HOUR, answer))
    ids = {world.publish(ready_document(number)) for number in range(40)}
    world.run()
    accepted = [each.id for each in world.receiver.received if each.seconds >= 3 * HOUR]
    assert sorted(accepted) == sorted(ids)
    assert {attempts_of(world, id)[-1] for id in ids} == {SCHEDULE[5]}
    assert (world.sqs.messages, world.sqs.dead) == ({}, [])


def test_an_endpoint_that_is_gone_gets_no_second_attempt_and_leaves_no_dead_letter() -> None:
    world = World(always(respond(410, "60")))
    id = world.publish(ready_document())
    world.run()
    assert attempts_of(world, id) == [0]
    assert (world.sqs.messages, world.sqs.dead) == ({}, [])


def test_retry_after_is_honoured() -> None:
    world = World(script([respond(429, "7200"), respond(503, "1"), respond(200)]))
    id = world.publish(ready_document())
    world.run()
    assert attempts_of(world, id) == [0, 7_200, 7_320]


def test_a_fault_of_aws_is_no_attempt() -> None:
    world = World(always(respond(500)), faults=30)
    id = world.publish(ready_document())
    world.run()
    assert attempts_of(world, id) == [second + 30 * 60 for second in SCHEDULE]


def test_a_message_that_cannot_be_sent_anew_is_attempted_again() -> None:
    world = World(script([respond(500), respond(200)]))
    id = world.publish(ready_document())
    world.sqs.is_down = True
    world.invoke()
    world.sqs.is_down = False
    world.run()
    assert attempts_of(world, id) == [0, 60]
    assert (world.sqs.messages, world.sqs.dead) == ({}, [])


def test_a_function_that_ends_before_its_messages_are_deleted_sends_them_again_with_the_same_id() -> None:
    world = World(always(respond(200)), crash_after_sends=1)
    id = world.publish(ready_document())
    world.run()
    assert attempts_of(world, id) == [0, 60]


def test_a_message_that_waits_is_not_attempted_early_however_often_it_is_received() -> None:
    world = World(script([respond(500, "86400"), respond(200)]))
    id = world.publish(ready_document())
    world.invoke()
    for hours in range(0, 24, 6):
        world.sqs.now = NOW.timestamp() + hours * HOUR + 1
        for message in world.sqs.messages.values():
            message.visible = world.sqs.now
        world.invoke()
    assert attempts_of(world, id) == [0]
    world.run()
    assert attempts_of(world, id) == [0, 86_400]


@pytest.mark.parametrize("body", ["", "[]", '{"detail-type": "x"}', "[" * 100_000, '{"detail": {"id": "a"}}'])
def test_what_is_no_event_goes_to_the_dead_letters_at_once(body: str) -> None:
    world = World(always(respond(200)))
    world.sqs.put(body)
    world.run()
    assert world.receiver.received == []
    assert [letter.attributes["reason"]["StringValue"] for letter in world.sqs.dead] == ["not_an_event"]


def test_the_library_signs_each_attempt_in_the_same_way_at_its_own_time() -> None:
    world = World(script([respond(500), respond(500), respond(200)]))
    id = world.publish(ready_document())
    world.run()
    library = Webhook(PREFIX + SECRETS.current)
    for each, second in zip(world.receiver.received, SCHEDULE, strict=False):
        sent_at = NOW + timedelta(seconds=second)
        assert each.headers["webhook-timestamp"] == str(int(sent_at.timestamp()))
        assert each.headers["webhook-signature"] == library.sign(id, sent_at, each.body.decode())


def test_every_attempt_signs_another_download_url() -> None:
    world = World(script([respond(500), respond(200)]))
    world.publish(ready_document())
    world.run()
    first, second = (each.content["data"]["download"] for each in world.receiver.received)
    assert first["url"] != second["url"]
    assert (first["expiresAt"], second["expiresAt"]) == ("2026-05-04T12:05:00Z", "2026-05-04T12:05:30Z")


def test_the_payload_is_the_event_with_a_url_of_exactly_this_version() -> None:
    world, document = World(always(respond(200))), ready_document()
    world.publish(document)
    world.run()
    [received] = world.receiver.received
    content = received.content
    assert (content["type"], content["timestamp"]) == ("document.ready", "2026-05-04T12:00:00.000Z")
    assert (content["data"]["id"], content["data"]["sequence"]) == (document.id, 3)
    download = content["data"]["download"]
    assert parse_qs(urlsplit(download["url"]).query)["versionId"] == ["d1"]
    assert urlsplit(download["url"]).path.endswith(document.documents_key)
    assert download["route"] == f"/documents/{document.id}/download"
    assert received.headers["Content-Type"] == "application/json"


def test_each_rendition_has_a_url_too_and_stands_for_an_original_that_is_not_kept() -> None:
    steps = (a_passed_step("size"), a_render_step("thumb.webp", "page_2"))
    document = ready_document(steps=steps, stored_version=None)
    world = World(always(respond(200)))
    world.publish(document)
    world.run()
    data = world.receiver.received[0].content["data"]
    thumb, page = data["renditions"]["thumb.webp"]["download"], data["renditions"]["page_2"]["download"]
    assert "/render/thumb.webp" in thumb["url"]
    assert page["route"] == f"/documents/{document.id}/download?rendition=page_2"
    assert "/render/thumb.webp" in data["download"]["url"]


def test_no_url_is_signed_for_a_document_that_was_deleted_before_the_attempt() -> None:
    world, document = World(always(respond(200))), ready_document()
    world.publish(document)
    apply_event(world.documents, document, DeleteRequested(NOW + timedelta(days=7), None), lambda: NOW)
    world.run()
    assert world.receiver.received[0].content["data"]["download"] is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.PROCESSING, Status.REJECTED, Status.DELETED])
def test_no_other_event_has_a_download(status: Status) -> None:
    world = World(always(respond(200)))
    world.publish(ready_document(status=status), status.value)
    world.run()
    assert world.receiver.received[0].content["data"]["download"] is None


def test_a_test_event_is_about_no_document() -> None:
    world = World(always(respond(202)))
    attempt = world.service().send_test("test-1")
    assert (attempt.outcome, attempt.reason) == ("delivered", "status_202")
    [received] = world.receiver.received
    assert (received.content["type"], received.id) == ("webhook.test", "msg_test-1_1")


def test_every_copy_of_an_event_has_the_same_id_and_every_change_another() -> None:
    world, document = World(always(respond(200))), ready_document()
    first, copy = world.publish(document), world.publish(document)
    later = world.publish(replace(document, sequence=4))
    assert first == copy != later


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        ("0", 0),
        ("Mon, 04 May 2026 12:02:00 GMT", 120),
        ("Mon, 04 May 2026 11:00:00 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("Mon, 01 Jan 2024 00:00:00 +9999999999999", None),
        ("", None),
        ("\u0663", None),
    ],
    ids=repr,
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int | None) -> None:
    found = parse_retry_after(header, NOW)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_a_wait_without_end_is_the_longest() -> None:
    assert parse_retry_after("9" * 5_000, NOW) == timedelta.max


def test_one_line_a_batch_says_what_became_of_it_and_nothing_that_could_be_used(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(script([respond(500), SendFailure.TLS_FAILED, respond(200)]))
    id = world.publish(ready_document())
    with caplog.at_level("INFO", "airlock"):
        world.run()
    lines = [vars(record) for record in caplog.records]
    assert [line["messages"] for line in lines] == [
        [{"fate": "failed", "attempt": 1, "webhook_id": id, "reason": "status_500"}],
        [{"fate": "failed", "attempt": 2, "webhook_id": id, "reason": "tls_failed"}],
        [{"fate": "delivered", "attempt": 3, "webhook_id": id, "reason": "status_200"}],
    ]
    for secret in ("in-the-url", "X-Amz-Signature", SECRETS.current, "v1,", "fileName", "cat.png"):
        assert secret not in repr(lines)
