"""Uploads in parts that are interrupted: what another attempt or another page continues, and how errors of parts end them."""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import PART_SIZE, ApiHandler, FakeApi, start_fake_api
from tests.journeys.wait import wait_until

pytestmark = needs_chromium

_TOKEN = f"e30.{base64.urlsafe_b64encode(json.dumps({'sub': 'ada'}).encode()).decode().rstrip('=')}.x"
_START = """async ({ endpoint, token, size, failing }) => {
  const { Airlock } = await import("/airlock/index.js");
  let calls = 0;
  const getToken = async () => {
    if (failing.includes(calls++)) throw new TypeError("Failed to fetch");
    return token;
  };
  const airlock = new Airlock({ endpoint, getToken });
  const file = new File([new Uint8Array(size)], "film.mp4", { lastModified: 1 });
  const settle = () => window.upload.then(({ status }) => status, ({ code }) => code);
  window.start = () => ((window.upload = airlock.upload(file)), settle());
  window.retry = () => ((window.upload = window.upload.retry()), settle());
}"""
_WITHOUT_STORAGE = """Object.defineProperty(globalThis, "localStorage", {
  get() { throw new DOMException("The page may store nothing.", "SecurityError"); },
})"""


def _store(_number: int) -> int:
    return 0


def _read_number(path: str) -> int:
    """Returns the number of a part, or 0 for a whole file."""
    return int(path.partition("?partNumber=")[2] or 0)


@dataclass
class PartsApi(FakeApi):
    refuse: Callable[[int], int] = _store
    """Number of a part -> status of the response instead of storing it, or 0. It may wait."""
    is_forgetful: bool = False
    """True until S3 has lost all parts, at the next complete."""

    @property
    def numbers(self) -> list[int]:
        """Numbers of the parts that were stored."""
        return sorted(_read_number(path) for path in self.stored)


class PartsHandler(ApiHandler):
    @property
    def parts(self) -> PartsApi:
        return self.server.state  # type: ignore[attr-defined, no-any-return]

    def do_PUT(self) -> None:  # noqa: N802
        status = self.parts.refuse(_read_number(self.path))
        if not status:
            super().do_PUT()
        elif self._read_file():
            self._answer(status)

    def _route(self, body: dict[str, Any]) -> None:
        if self.path.endswith("/complete") and self.parts.is_forgetful:
            self.parts.is_forgetful = False
            self.parts.stored.clear()
        super()._route(body)


@pytest.fixture
def api() -> Iterator[PartsApi]:
    with start_fake_api(PartsApi(tokens={_TOKEN}), PartsHandler) as api:
        assert isinstance(api, PartsApi)
        yield api


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    return own_context.new_page()


def _open(page: Page, api: PartsApi, parts: int = 3, failing: Sequence[int] = ()) -> None:
    """Opens the page, or another one in its place. `failing` are the numbers of the calls of `getToken` that fail."""
    page.goto("/")
    access = {"endpoint": api.url, "token": _TOKEN}
    page.evaluate(_START, access | {"size": parts * PART_SIZE, "failing": [*failing]})


def _refuse_last_part_once(api: PartsApi) -> None:
    """Lets an upload of three parts fail when S3 has two of them."""
    refusals = [400]

    def refuse(number: int) -> int:
        if number != 3 or not refusals:
            return 0
        wait_until(lambda: len(api.stored) == 2, "the other parts are stored")
        return refusals.pop()

    api.refuse = refuse


def test_a_retry_sends_no_part_again_where_the_page_can_store_nothing(
    own_context: BrowserContext, page: Page, api: PartsApi
) -> None:
    own_context.add_init_script(_WITHOUT_STORAGE)
    _open(page, api)
    _refuse_last_part_once(api)
    assert page.evaluate("start()") == "s3_400"
    assert page.evaluate("retry()") == "ready"
    assert api.numbers == [1, 2, 3]
    assert len(api.documents) == 1


@pytest.mark.parametrize(("failing", "failing_later"), [([3], []), ([], [0])], ids=["new", "resumed"])
def test_an_upload_continues_after_a_reload_where_the_token_could_not_be_read_once(
    page: Page, api: PartsApi, failing: list[int], failing_later: list[int]
) -> None:
    _open(page, api, failing=failing)
    _refuse_last_part_once(api)
    assert page.evaluate("start()") == "s3_400"

    _open(page, api, failing=failing_later)
    assert page.evaluate("start()") == "ready"
    assert api.numbers == [1, 2, 3]
    assert len(api.documents) == 1


def test_a_part_that_is_refused_ends_the_upload_also_after_s3_has_lost_parts(
    page: Page, api: PartsApi
) -> None:
    """Part 1 fails once, so that fewer parts are sent in parallel, and then more again."""
    has_failed, is_sent_again = threading.Event(), threading.Event()

    def refuse(number: int) -> int:
        if api.is_forgetful:
            return 0
        if number == 1 and not has_failed.is_set():
            has_failed.set()
            return 503
        if number == 1:
            is_sent_again.set()
        is_sent_again.wait(60)
        return 400 if number > 4 else 0

    api.refuse, api.is_forgetful = refuse, True
    _open(page, api, parts=6)
    assert page.evaluate("start()") == "s3_400"
    assert sum(call.endswith("/complete") for call in api.calls) == 1
