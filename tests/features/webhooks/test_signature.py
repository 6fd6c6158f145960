"""The signature of a webhook and the rotation of its secrets, verified by the library that receivers use."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from functions.features.webhooks.secrets import PREFIX, EndpointSecrets
from functions.features.webhooks.signature import sign

BODY = '{"type":"document.ready","data":{"fileName":"Übersicht"}}'.encode()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
OVERLAP = timedelta(hours=24)


@pytest.fixture
def now() -> datetime:
    """The time of the clock, with which the library compares a signature's own."""
    return datetime.now(UTC)


def create_secret() -> str:
    return base64.b64encode(secrets.token_bytes(33)).decode()


def is_accepted(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Webhook(PREFIX + secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_the_library_accepts_a_signature_and_nothing_that_was_changed(now: datetime) -> None:
    secret = create_secret()
    headers = sign([secret], "msg_1", now, BODY)
    assert is_accepted(secret, BODY, headers)
    assert not is_accepted(create_secret(), BODY, headers)
    assert not is_accepted(secret, BODY + b" ", headers)
    assert not is_accepted(secret, BODY, headers | {"webhook-id": "msg_2"})
    later = str(int(headers["webhook-timestamp"]) + 1)
    assert not is_accepted(secret, BODY, headers | {"webhook-timestamp": later})


def test_an_old_message_is_refused_by_its_receiver(now: datetime) -> None:
    secret = create_secret()
    assert not is_accepted(secret, BODY, sign([secret], "msg_1", now - timedelta(minutes=6), BODY))


def test_both_secrets_are_accepted_while_one_replaces_the_other(now: datetime) -> None:
    old, new = create_secret(), create_secret()
    rotated = EndpointSecrets(old).rotate(new, now, now + OVERLAP)
    headers = sign(rotated.list_valid(now), "msg_1", now, BODY)
    assert is_accepted(old, BODY, headers)
    assert is_accepted(new, BODY, headers)
    assert rotated.list_valid(now + OVERLAP) == [new]


def test_two_rotations_in_a_day_keep_all_three() -> None:
    first, second, third = (create_secret() for _ in range(3))
    once = EndpointSecrets(first).rotate(second, NOW, NOW + OVERLAP)
    twice = once.rotate(third, NOW + OVERLAP / 2, NOW + OVERLAP * 1.5)
    assert twice.list_valid(NOW + OVERLAP / 2) == [third, second, first]
    assert twice.rotate("new", NOW + OVERLAP, NOW + 2 * OVERLAP).list_valid(NOW + OVERLAP) == [
        "new",
        third,
        second,
    ]


def test_secrets_come_back_from_secrets_manager_as_they_went() -> None:
    rotated = EndpointSecrets(create_secret()).rotate(create_secret(), NOW, NOW + OVERLAP)
    assert EndpointSecrets.from_json(rotated.to_json()) == rotated
    assert EndpointSecrets.from_json('{"earlier": [], "current": "abc"}') == EndpointSecrets("abc")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"current": "a", "earlier": [{"secret": "b"}]}'])
def test_what_is_no_secret_of_an_endpoint_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not that of an endpoint"):
        EndpointSecrets.from_json(text)


def test_no_secret_is_shown_by_its_representation() -> None:
    rotated = EndpointSecrets("current-value").rotate("new-value", NOW, NOW + OVERLAP)
    assert "value" not in repr(rotated).replace("value=", "")
