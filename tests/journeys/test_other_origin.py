"""A page on another origin than the example page's, such as that of a development server, and settings of the command line."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from local.page import Page as PageServer
from local.stack import LocalStack
from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.files import png

pytestmark = needs_chromium

_UPLOAD = """async ({ endpoint, token, bytes, header = null }) => {
  if (header) {
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (...request) {
      open.apply(this, request);
      this.setRequestHeader(header, "1");
    };
    const original = fetch;
    globalThis.fetch = (url, { headers, ...options } = {}) =>
      original(url, options.mode ? options : { ...options, headers: { ...headers, [header]: "1" } });
  }
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => token });
  const { kinds, limits } = await airlock.kinds();
  const file = new File([new Uint8Array(bytes)], "cat.png", { type: "image/png" });
  const document = await airlock.upload(file);
  const { url } = await airlock.download(document.id);
  const response = await fetch(url);
  const usage = await airlock.usage();
  return { kinds, limits, document, usage, size: (await response.arrayBuffer()).byteLength };
}"""


STACK = "other_stack"


@pytest.fixture
def page(browser: Browser, other_page: PageServer) -> Iterator[Page]:
    with new_context(browser) as context:
        page = context.new_page()
        page.goto(other_page.origin)
        yield page


def test_a_page_on_another_origin_uploads_and_downloads(page: Page, other_stack: LocalStack) -> None:
    data = png(5_000)
    access = {"endpoint": other_stack.api, "token": other_stack.users[0].access_token, "bytes": list(data)}
    found: dict[str, Any] = page.evaluate(_UPLOAD, access)
    assert found["document"]["status"] == "ready"
    assert found["size"] == len(data)
    assert found["usage"]["stored"]["bytes"] >= len(data)
    assert found["usage"]["openUploads"]["maxCount"] == 7


def test_a_page_learns_what_is_accepted_and_its_limits(page: Page, other_stack: LocalStack) -> None:
    access = {"endpoint": other_stack.api, "token": other_stack.users[1].access_token, "bytes": list(png(10))}
    found: dict[str, Any] = page.evaluate(_UPLOAD, access)
    [image] = [kind for kind in found["kinds"] if kind["name"] == "image"]
    assert "image/png" in image["contentTypes"]
    assert found["limits"]["openUploads"] == 7


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://localhost:5174", "http://evil.example"])
def test_api_and_bucket_allow_the_given_origins_only(other_stack: LocalStack, origin: str) -> None:
    expected = origin if origin == "http://localhost:5173" else None
    addresses = [f"{other_stack.api}/documents", f"{other_stack.s3}/{other_stack.bucket}/staging/x"]
    for address, method in zip(addresses, ["POST", "PUT"], strict=True):
        headers = {"origin": origin, "access-control-request-method": method}
        answer = httpx.options(address, headers=headers)
        assert answer.headers.get("access-control-allow-origin") == expected, address


@pytest.mark.parametrize("header", ["sentry-trace", "X-Requested-With"])
def test_a_tool_may_add_a_header_that_the_deployment_allows(
    page: Page, other_stack: LocalStack, header: str
) -> None:
    access = {"endpoint": other_stack.api, "token": other_stack.users[0].access_token, "header": header}
    found: dict[str, Any] = page.evaluate(_UPLOAD, access | {"bytes": list(png(5_000))})
    assert found["document"]["status"] == "ready"


@pytest.mark.parametrize(("header", "is_allowed"), [("x-requested-with", True), ("baggage", False)])
def test_api_and_bucket_allow_the_given_headers_only(
    other_stack: LocalStack, header: str, is_allowed: bool
) -> None:
    addresses = [f"{other_stack.api}/documents", f"{other_stack.s3}/{other_stack.bucket}/staging/x"]
    for address, method in zip(addresses, ["POST", "PUT"], strict=True):
        answer = httpx.options(
            address,
            headers={
                "origin": "http://localhost:5173",
                "access-control-request-method": method,
                "access-control-request-headers": header,
            },
        )
        allowed = answer.headers.get("access-control-allow-headers", "").lower().replace(" ", "").split(",")
        assert (header in allowed) is is_allowed, address
