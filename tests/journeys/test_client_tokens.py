"""Access tokens of the upload client, on a real second origin that refuses them with and without CORS headers."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import PART_SIZE, FakeApi
from tests.journeys.uppy_page import UppyPage

pytestmark = needs_chromium

_MIB = 1024**2

_START = """async ({ endpoint, token, fresh }) => {
  const { Airlock } = await import("/airlock/index.js");
  window.token = token;
  window.fresh = fresh;
  window.freshRequests = 0;
  const getToken = async (options) => {
    if (!options?.fresh) return window.token;
    window.freshRequests++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (window.fresh === "wait") window.fresh = await new Promise((resolve) => { window.signIn = resolve; });
    if (window.fresh === "reject") throw new Error("login_required");
    return (window.token = window.fresh);
  };
  window.airlock = new Airlock({ endpoint, getToken });
}"""

_UPLOAD = """async ({ sizes }) => {
  const { describeError } = await import("/airlock/messages.js");
  window.controller = new AbortController();
  window.statuses = [];
  const files = sizes.map((size, i) => new File([new Uint8Array(size)], `notes-${i}.txt`, { lastModified: 1 }));
  const observe = { signal: window.controller.signal, onStatus: (status) => window.statuses.push(status) };
  const uploads = files.map((file) => window.airlock.upload(file, observe));
  window.uploads = Promise.all(uploads.map(async (upload) => {
    try {
      return (await upload).status;
    } catch (error) {
      return { name: error.name, code: error.code, message: describeError(error) };
    }
  }));
}"""


class TokenPage:
    """A page with a client whose `getToken` returns `token`, and `fresh` when a fresh one is requested."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def start(self, api: FakeApi, token: str, fresh: str = "good", endpoint: str | None = None) -> None:
        """Starts the client. `fresh` may be `wait`, for a user who signs in later, or `reject`."""
        self.page.evaluate(_START, {"endpoint": endpoint or api.url, "token": token, "fresh": fresh})

    def start_uploads(self, *sizes: int) -> None:
        self.page.evaluate(_UPLOAD, {"sizes": sizes or (10,)})

    def get_outcomes(self) -> list[Any]:
        """Returns the status of each document, or the error of its upload."""
        outcomes: list[Any] = self.page.evaluate("window.uploads")
        return outcomes

    def upload(self, *sizes: int) -> list[Any]:
        self.start_uploads(*sizes)
        return self.get_outcomes()

    @property
    def fresh_requests(self) -> int:
        count: int = self.page.evaluate("window.freshRequests")
        return count


@pytest.fixture
def client(own_context: BrowserContext) -> TokenPage:
    page = own_context.new_page()
    page.goto("/")
    return TokenPage(page)


def _create_jwt(expires_in: float, issued_ago: float = 0) -> str:
    now = time.time()
    claims = {"sub": "ada", "iat": int(now - issued_ago), "exp": int(now + expires_in)}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.x"


def _wait(page: Page, is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


@pytest.mark.parametrize("is_hidden", [True, False])
def test_a_refused_token_is_replaced_by_a_fresh_one(client: TokenPage, api: FakeApi, is_hidden: bool) -> None:
    api.hides_unauthorized = is_hidden
    client.start(api, "stale")
    assert client.upload() == ["ready"]
    assert client.fresh_requests == 1
    assert api.refused == 1


@pytest.mark.parametrize("is_hidden", [True, False])
def test_calls_that_are_refused_together_request_one_fresh_token(
    client: TokenPage, api: FakeApi, is_hidden: bool
) -> None:
    api.hides_unauthorized = is_hidden
    client.start(api, "stale")
    assert client.upload(*[10] * 8) == ["ready"] * 8
    assert client.fresh_requests == 1


@pytest.mark.parametrize("is_hidden", [True, False])
@pytest.mark.parametrize("fresh", ["stale", "stale too", "reject"])
def test_the_user_must_sign_in_where_no_token_is_accepted(
    client: TokenPage, api: FakeApi, is_hidden: bool, fresh: str
) -> None:
    api.hides_unauthorized = is_hidden
    client.start(api, "stale", fresh)
    started = time.monotonic()
    [error] = client.upload()
    assert error["code"] == "sign_in_required"
    assert error["message"] == "Your session has ended. Sign in again to continue."
    assert client.fresh_requests == 1
    assert time.monotonic() - started < 60


def test_a_page_that_loses_its_connection_has_not_lost_its_session(client: TokenPage, api: FakeApi) -> None:
    client.page.add_init_script(
        "setTimeout = (original => (f, ms) => original(f, Math.min(ms ?? 0, 20)))(setTimeout)"
    )
    client.page.reload()
    client.start(api, "good", "reject", endpoint="http://127.0.0.1:9")
    assert client.upload()[0]["code"] == "network"


def test_a_server_that_is_down_is_not_a_reason_for_one_token_after_the_other(
    client: TokenPage, api: FakeApi
) -> None:
    client.start(api, "good", "good too", endpoint="http://127.0.0.1:9")
    client.start_uploads()
    _wait(
        client.page, lambda: client.page.evaluate("window.statuses.filter(s => s === 'waiting').length") >= 3
    )
    assert client.fresh_requests == 1
    client.page.evaluate("window.controller.abort()")


def test_a_token_that_is_about_to_expire_is_replaced_before_the_call(client: TokenPage, api: FakeApi) -> None:
    client.start(api, _create_jwt(expires_in=20), _create_jwt(expires_in=3600))
    api.tokens = {client.page.evaluate("window.fresh")}
    assert client.upload() == ["ready"]
    assert client.fresh_requests == 1
    assert api.refused == 0


@pytest.mark.parametrize("fresh", ["same", "new", "reject"])
def test_a_clock_that_is_wrong_costs_one_request_for_a_token(
    client: TokenPage, api: FakeApi, fresh: str
) -> None:
    client.page.evaluate("Date.now = (original => () => original() + 86_400_000)(Date.now)")
    token = _create_jwt(expires_in=3000, issued_ago=600)
    client.start(api, token, {"same": token, "new": _create_jwt(expires_in=3600)}.get(fresh, fresh))
    api.tokens = {token, client.page.evaluate("window.fresh")}
    assert client.upload(*[10] * 3) == ["ready"] * 3
    assert client.upload(10) == ["ready"]
    assert client.fresh_requests == 1


def test_a_token_that_lives_shortly_is_used(client: TokenPage, api: FakeApi) -> None:
    """The clock of the page stands, because the client replaces the token after 10 seconds."""
    client.page.evaluate("((now) => { Date.now = () => now; })(Date.now())")
    token = _create_jwt(expires_in=20)
    client.start(api, token, token)
    api.tokens = {token}
    assert client.upload(10, 10) == ["ready"] * 2
    assert client.fresh_requests == 1


@pytest.mark.parametrize("is_hidden", [True, False])
def test_an_upload_waits_until_the_user_has_signed_in_again_and_sends_no_part_twice(
    client: TokenPage, api: FakeApi, is_hidden: bool
) -> None:
    api.hides_unauthorized = is_hidden
    client.start(api, "good", "wait")
    api.before_put.clear()
    client.start_uploads(65 * _MIB)
    _wait(client.page, lambda: "POST /documents" in api.calls)
    api.tokens = {"better"}
    api.before_put.set()
    client.page.wait_for_function("() => window.signIn")
    client.page.evaluate("window.signIn('better')")

    assert client.get_outcomes() == ["ready"]
    assert len(api.stored) == len(set(api.stored)) == -(-65 * _MIB // PART_SIZE)
    assert len(api.documents) == 1


def test_an_upload_that_has_failed_without_a_session_resumes_with_one(
    client: TokenPage, api: FakeApi
) -> None:
    token, later = _create_jwt(3600), _create_jwt(7200)
    api.tokens = {token}
    client.start(api, token, "reject")
    api.before_put.clear()
    client.start_uploads(65 * _MIB)
    _wait(client.page, lambda: any("/parts" in call for call in api.calls))
    api.tokens = {later}
    api.before_put.set()
    assert client.get_outcomes()[0]["code"] == "sign_in_required"

    client.page.evaluate("token => { window.token = token }", later)
    assert client.upload(65 * _MIB) == ["ready"]

    assert len(api.stored) == len(set(api.stored)) == -(-65 * _MIB // PART_SIZE)
    assert len(api.documents) == 1


def test_an_upload_that_waits_for_the_user_can_be_cancelled(client: TokenPage, api: FakeApi) -> None:
    client.start(api, "stale", "wait")
    client.start_uploads()
    client.page.wait_for_function("() => window.signIn")
    client.page.evaluate("window.controller.abort()")
    assert client.get_outcomes()[0]["name"] == "AbortError"


@pytest.mark.parametrize(("fresh", "text"), [("good", "Complete"), ("stale", "Upload failed")])
def test_uppy_does_not_hang(
    own_context: BrowserContext, api: FakeApi, tmp_path: Path, fresh: str, text: str
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    access = {"endpoint": api.url, "token": "stale", "freshToken": fresh}
    dashboard = UppyPage.open_with_access(own_context, access)
    dashboard.choose_file(path)
    dashboard.expect_text(text)
    if fresh == "stale":
        dashboard.expect_error("Your session has ended. Sign in again to continue.")
