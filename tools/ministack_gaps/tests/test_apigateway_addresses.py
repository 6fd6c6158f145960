"""The address that an HTTP API appends to X-Forwarded-For."""

from collections.abc import Callable
from functools import cache

import httpx
import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request
from tools.ministack_gaps.tests.http_api import create_api

_CODE = """
def handler(event, context):
    return {"statusCode": 200, "body": event["headers"].get("x-forwarded-for", "")}
"""


@pytest.fixture(scope="session")
def get_api() -> Callable[[Account], str]:
    return cache(lambda account: create_api(account, "addresses", _CODE))


@pytest.fixture
def call(get_api: Callable[[Account], str]) -> Callable[..., httpx.Response]:
    return lambda account, **options: request("GET", f"{get_api(account)}/any", **options)


def test_the_caller_is_the_last_address(
    closed: Account, published: Account, call: Callable[..., httpx.Response]
) -> None:
    sent = {"headers": {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}}
    assert call(closed, **sent).text == "203.0.113.9, 198.51.100.7, 127.0.0.1"
    assert call(closed).text == "127.0.0.1"
    assert call(published, **sent).text == "203.0.113.9, 198.51.100.7", FIXED_UPSTREAM
