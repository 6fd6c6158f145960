"""Checks of a request body on the raw event, before Powertools parses it."""

import base64
import json
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.http import body

_MAX_BYTES = 10_000


def event(text: str | None, *, content_type: str | None = None, is_base64: bool = False) -> dict[str, Any]:
    headers = {} if content_type is None else {"content-type": content_type}
    return {"headers": headers, "isBase64Encoded": is_base64} | ({} if text is None else {"body": text})


def code_of(checked: dict[str, Any], *, required: bool = True) -> Code | None:
    try:
        body.check(checked, required=required, max_bytes=_MAX_BYTES)
    except InvalidInput as error:
        return error.code
    assert checked["headers"]["content-type"] == "application/json"
    return None


@pytest.mark.parametrize("content_type", [None, "application/json", "Application/JSON; charset=utf-8"])
def test_an_object_in_json_is_accepted(content_type: str | None) -> None:
    assert code_of(event('{"size": 1}', content_type=content_type)) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", Code.MALFORMED_JSON),
        ("\ufeff{}", Code.MALFORMED_JSON),
        ('{"size": ' + "9" * 5_000 + "}", Code.MALFORMED_JSON),
        ('{"a": ' * 9 + "1" + "}" * 9, Code.MALFORMED_JSON),
        ('{"a": {"b": 1, "b": 1}}', Code.DUPLICATE_KEY),
        ("[]", Code.VALIDATION_FAILED),
        ("", Code.VALIDATION_FAILED),
        ('{"size": NaN}', Code.VALIDATION_FAILED),
        (json.dumps({"a": "x" * _MAX_BYTES}), Code.PAYLOAD_TOO_LARGE),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_invalid_body_is_refused(text: str, code: Code) -> None:
    assert code_of(event(text)) is code


def test_nesting_of_eight_levels_is_accepted() -> None:
    assert code_of(event('{"a": ' * 8 + "1" + "}" * 8)) is None


def test_another_content_type_is_refused() -> None:
    assert code_of(event("{}", content_type="text/plain")) is Code.UNSUPPORTED_MEDIA_TYPE


def test_a_body_in_base64_is_decoded() -> None:
    assert code_of(event(base64.b64encode(b"{}").decode(), is_base64=True)) is None
    assert code_of(event("not base64", is_base64=True)) is Code.MALFORMED_JSON
    assert code_of(event(base64.b64encode(b"\xff").decode(), is_base64=True)) is Code.MALFORMED_JSON


@pytest.mark.parametrize("text", [None, ""])
def test_an_optional_body_may_be_missing(text: str | None) -> None:
    missing = event(text, content_type="text/plain")
    assert code_of(missing, required=False) is None
    assert code_of(event(text)) is Code.VALIDATION_FAILED
