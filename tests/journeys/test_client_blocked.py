"""The upload client where the browser refuses requests or hides responses, on a real second origin."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi

pytestmark = needs_chromium

_UPLOAD = """async ({ endpoint, size = 10, header = null }) => {
  const { Airlock } = await import("/airlock/index.js");
  const { describeError } = await import("/airlock/messages.js");
  if (header) {
    const { setRequestHeader } = XMLHttpRequest.prototype;
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, url) {
      open.call(this, method, url);
      if (url.includes(header.path)) this.setRequestHeader(header.name, "1");
    };
    const original = fetch;
    globalThis.fetch = (url, options = {}) => {
      if (!url.includes(header.path)) return original(url, options);
      return original(url, { ...options, headers: { ...options.headers, [header.name]: "1" } });
    };
  }
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  const file = new File([new Uint8Array(size)], "notes.txt");
  try {
    return (await airlock.upload(file)).status;
  } catch (error) {
    return { code: error.code, detail: error.detail, message: describeError(error) };
  }
}"""


_EXPLAIN = """async (causes) => {
  const { RequestFailures } = await import("/airlock/request-failures.js");
  const failures = new RequestFailures(async () => causes.shift());
  const codes = [];
  while (causes.length > 0) codes.push((await failures.explain("http://127.0.0.1:9/")).code);
  failures.recordSuccess();
  return [...codes, (await failures.explain("http://127.0.0.1:9/")).code];
}"""


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.goto("/")
    return page


@pytest.fixture
def upload(page: Page, api: FakeApi) -> Callable[..., Any]:
    """Returns a function that uploads a file, and returns the status of its document, or the error."""

    def run(**options: Any) -> Any:
        return page.evaluate(_UPLOAD, {"endpoint": api.url} | options)

    return run


def test_a_file_is_uploaded_to_another_origin(upload: Callable[..., Any], api: FakeApi) -> None:
    assert upload() == "ready"
    assert len(api.stored) == 1


@pytest.mark.parametrize("size", [10, 65 * 1024**2])
@pytest.mark.parametrize("path", ["/documents", "/s3/"])
def test_a_header_that_fails_the_preflight_is_named_within_seconds(
    upload: Callable[..., Any], api: FakeApi, path: str, size: int
) -> None:
    started = time.monotonic()
    error = upload(size=size, header={"name": "sentry-trace", "path": path})

    assert error["code"] == "request_blocked"
    assert "preflight" in error["detail"]
    assert api.url in error["detail"]
    assert "Check your connection" not in error["message"]
    assert time.monotonic() - started < 60


def test_an_api_without_cors_is_reported_within_seconds(upload: Callable[..., Any], api: FakeApi) -> None:
    api.has_cors = False
    assert upload()["code"] == "request_blocked"


def test_a_server_that_is_down_is_a_matter_of_the_connection(page: Page, upload: Callable[..., Any]) -> None:
    page.add_init_script(
        "setTimeout = (original => (f, ms) => original(f, Math.min(ms ?? 0, 20)))(setTimeout)"
    )
    page.reload()
    error = upload(endpoint="http://127.0.0.1:9")
    assert error["code"] == "network"
    assert "Check your connection" in error["message"]


def test_one_finding_is_not_enough_because_the_connection_may_come_and_go(page: Page) -> None:
    codes = page.evaluate(_EXPLAIN, ["preflight", None, "response", "preflight", "preflight"])
    assert codes == ["network"] * 5 + ["request_blocked", "network"]
