"""S3's event notifications: the objects that they name, and messages that are not notifications."""

import json
from typing import Any

import pytest

from functions.messages.s3_events import ObjectCreated, first_key, is_republished, parse


def record(key: str = "k", name: str = "ObjectCreated:Put", **more: Any) -> dict[str, Any]:
    return {"eventName": name, "s3": {"bucket": {"name": "a-bucket"}, "object": {"key": key, **more}}}


def body(*records: Any) -> str:
    return json.dumps({"Records": list(records)})


def test_every_created_object_of_a_message_is_yielded() -> None:
    text = body(record("a", versionId="v1"), record("b", "s3:ObjectCreated:CompleteMultipartUpload"))
    assert list(parse(text)) == [ObjectCreated("a-bucket", "a", "v1"), ObjectCreated("a-bucket", "b", None)]


def test_the_key_is_decoded_from_form_encoding() -> None:
    [created] = parse(body(record("staging/a+b/%C3%BC%2B1%252F")))
    assert created.key == "staging/a b/ü+1%2F"


def test_the_version_of_an_unversioned_object_is_none() -> None:
    [created] = parse(body(record(versionId="null")))
    assert created.version is None


@pytest.mark.parametrize(
    "text", [body(record(name="ObjectRemoved:Delete")), body({}), body(), '{"Event": "s3:TestEvent"}']
)
def test_other_events_yield_no_object(text: str) -> None:
    assert list(parse(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"Records": {}}',
        '{"Records": [1]}',
        body({"eventName": "ObjectCreated:Put"}),
        body(record(versionId=1)),
        body({"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": 1}, "object": {"key": "k"}}}),
        "[" * 100_000,
    ],
)
def test_a_message_that_is_no_notification_is_rejected(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the messages of json.loads differ
        list(parse(text))
    assert first_key(text) == text


def test_the_first_key_is_that_of_the_first_created_object() -> None:
    assert first_key(body(record("a", "ObjectRemoved:Delete"), record("b+c"), record("d"))) == "b c"
    assert first_key(body()) == body()


def test_only_an_event_that_a_sweep_sends_is_republished() -> None:
    assert is_republished(body(record(name="ObjectCreated:Republished")))
    others = (
        body(record()),
        body({"eventName": None}),
        "[]",
        '{"Records": 1}',
        '{"Records": [1]}',
        "not json",
    )
    assert not any(map(is_republished, others))
