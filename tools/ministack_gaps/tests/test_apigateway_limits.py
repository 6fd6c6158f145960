"""Requests to an HTTP API, and responses of its function, that are too large or too late."""

from collections.abc import Callable
from functools import cache

import httpx
import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request
from tools.ministack_gaps.tests.http_api import create_api

_CODE = """
import time

def handler(event, context):
    parameters = event.get("queryStringParameters") or {}
    time.sleep(float(parameters.get("seconds", 0)))
    return {"statusCode": 200, "body": parameters.get("character", "x") * int(parameters.get("length", 1))}
"""


@pytest.fixture(scope="session")
def get_api() -> Callable[[Account], str]:
    """Returns the base URL of an API whose function responds as the query says; one for each account."""
    return cache(lambda account: create_api(account, "limits", _CODE))


@pytest.fixture
def call(get_api: Callable[[Account], str]) -> Callable[..., httpx.Response]:
    def call(account: Account, method: str = "GET", **options: object) -> httpx.Response:
        return request(method, f"{get_api(account)}/any", **options)

    return call


def test_request_line_and_header_values_have_at_most_10_240_bytes(
    closed: Account, published: Account, call: Callable[..., httpx.Response]
) -> None:
    assert call(closed, headers={"x-padding": "x" * 9_000}).status_code == 200
    for large in ({"headers": {"x-padding": "x" * 10_240}}, {"params": {"padding": "x" * 10_240}}):
        answer = call(closed, **large)
        assert (answer.status_code, answer.json()) == (431, {"message": "Request Header Fields Too Large"})
        assert call(published, **large).status_code == 200, FIXED_UPSTREAM


def test_a_request_has_at_most_10_mb(
    closed: Account, published: Account, call: Callable[..., httpx.Response]
) -> None:
    answer = call(closed, "POST", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})
    assert call(closed, "POST", content=b"x" * 1_000_000).status_code == 200
    assert call(published, "POST", content=b"x" * (10 * 1024 * 1024 + 1)).status_code == 200, FIXED_UPSTREAM


@pytest.mark.parametrize("character", ["x", "\u00e9"])
def test_a_response_of_a_function_has_at_most_6_mb(
    closed: Account, published: Account, call: Callable[..., httpx.Response], character: str
) -> None:
    def get(account: Account, size: int) -> httpx.Response:
        length = size // len(character.encode())
        return call(account, params={"character": character, "length": length})

    assert get(closed, 6_200_000).status_code == 200
    answer = get(closed, 6_291_556)
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    assert get(published, 6_291_556).status_code == 200, FIXED_UPSTREAM


def test_a_function_that_is_slower_than_the_timeout_of_its_integration_is_a_503(
    closed: Account, published: Account
) -> None:
    def call(account: Account, seconds: int) -> httpx.Response:
        api = create_api(account, f"impatient-{seconds}", _CODE, timeout=3_000)
        return request("GET", f"{api}/any", params={"seconds": seconds})

    answer = call(closed, 8)
    assert (answer.status_code, answer.json()) == (503, {"message": "Service Unavailable"})
    assert answer.elapsed.total_seconds() < 8
    assert call(published, 4).status_code == 200, FIXED_UPSTREAM
