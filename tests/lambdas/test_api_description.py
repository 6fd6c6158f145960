"""The API description and its page, as the gateway delivers them to everybody."""

from functions.http import openapi
from tests.lambdas.api import Api

GZIP = {"accept-encoding": "gzip"}
LAMBDA_RESPONSE_LIMIT = 6 * 1024**2
"""Bytes. Lambda developer guide, "Lambda quotas", invocation payload."""


def test_the_description_is_the_generated_file() -> None:
    answer = Api().call("GET", "/openapi.json", headers=GZIP)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == openapi.DESCRIPTION.read_text("utf-8")


def test_the_page_is_compressed_and_fits_into_a_response_without_compression() -> None:
    answer = Api().call("GET", "/docs", headers=GZIP)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == openapi.render_page()
    assert len(Api().get("/docs").text.encode()) < LAMBDA_RESPONSE_LIMIT
