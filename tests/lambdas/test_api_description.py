"""The API description and its page, as the gateway delivers them to everybody (T22)."""

import json

import pytest

from functions.http import openapi
from tests.lambdas.api import Api

pytestmark = pytest.mark.usefixtures("account")

GZIP = {"accept-encoding": "gzip"}


def test_the_description_is_the_generated_file() -> None:
    answer = Api().call("GET", "/openapi.json", headers=GZIP)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(answer.text) == json.loads(openapi.DESCRIPTION.read_text("utf-8"))


@pytest.mark.parametrize(
    "headers", [GZIP, {}, {"accept-encoding": "identity"}], ids=["gzip", "none", "identity"]
)
def test_the_page_is_always_compressed(headers: dict[str, str]) -> None:
    answer = Api().call("GET", "/docs", headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == openapi.PAGE.read_text("utf-8")


def test_what_anybody_can_request_is_small() -> None:
    assert len(openapi.read_page()) < 20_000
    assert len(Api().get("/openapi.json").text.encode()) < 125_000


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
def test_caches_may_keep_what_is_the_same_for_everybody(path: str) -> None:
    for method in ("GET", "HEAD"):
        assert Api().call(method, path).headers["cache-control"] == "public, max-age=3600"
    assert Api("ada").get("/kinds").headers["cache-control"] == "no-store"


def test_the_page_runs_nothing_and_cannot_be_framed() -> None:
    policy = Api().get("/docs").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy
