"""An HTTP API that a template creates."""

from collections.abc import Callable
from functools import cache

import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request
from tools.ministack_gaps.tests.http_api import ORIGIN, create_api

_CODE = """
def handler(event, context):
    return {"statusCode": 307, "headers": {"location": "/elsewhere"}, "body": None}
"""


@pytest.fixture(scope="session")
def get_api() -> Callable[[Account], str]:
    """Returns the base URL of an API whose `GET /redirect` invokes a function; one for each account."""
    return cache(lambda account: create_api(account, "api", _CODE))


def test_an_api_has_the_cors_configuration_of_its_template(
    closed: Account, published: Account, get_api: Callable[[Account], str]
) -> None:
    headers = {"origin": ORIGIN, "access-control-request-method": "GET"}

    def allowed(account: Account, method: str, what: str) -> str | None:
        response = request(method, f"{get_api(account)}/redirect", headers=headers)
        found: str | None = response.headers.get(f"access-control-allow-{what}")
        return found

    assert allowed(closed, "OPTIONS", "origin") == ORIGIN
    assert allowed(closed, "OPTIONS", "methods") == "GET"
    assert allowed(closed, "GET", "origin") == ORIGIN
    assert allowed(published, "OPTIONS", "origin") is None, FIXED_UPSTREAM


def test_a_function_may_respond_with_a_null_body(
    closed: Account, published: Account, get_api: Callable[[Account], str]
) -> None:
    redirect = request("GET", f"{get_api(closed)}/redirect")
    assert (redirect.status_code, redirect.headers["location"], redirect.content) == (307, "/elsewhere", b"")
    assert request("GET", f"{get_api(published)}/redirect").status_code == 500, FIXED_UPSTREAM


def test_a_template_limits_a_route(closed: Account, get_api: Callable[[Account], str]) -> None:
    url = f"{get_api(closed)}/limited"
    assert [request("GET", url).status_code for _ in range(2)] == [307, 429]
