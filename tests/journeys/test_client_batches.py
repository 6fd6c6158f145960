"""The upload client with many files: documents are created in batches, and single failures stay single."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.journeys.browser import needs_chromium
from tests.journeys.line_speed import FAST, remember_line_speed

pytestmark = needs_chromium

_UPLOAD_ALL = """async ({ count, size, invalid, cancelled, cancelAfter }) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint: "/fake-api", getToken: async () => "a.b.c" });
  const removals = Array.from({ length: count }, () => new AbortController());
  let ended = 0;
  const files = removals.map(({ signal }, number) => {
    const file = new File([new Uint8Array(size)], invalid.includes(number) ? "invalid.txt" : `${number}.txt`);
    return { file, signal, title: String(number) };
  });
  const uploads = airlock.uploadAll(files);
  const results = uploads.map(async (upload) => {
    try {
      return (await upload).title;
    } catch (error) {
      return error.name === "AirlockError" ? error.code : error.name;
    } finally {
      if (++ended === cancelAfter) for (const number of cancelled) removals[number].abort();
    }
  });
  return Promise.all(results);
}"""


class FakeApi:
    """Airlock's API and S3 as routes of a page. Each PUT succeeds, except those whose number is in `failing_puts`."""

    def __init__(self, context: BrowserContext) -> None:
        self.batches: list[dict[str, Any]] = []
        self.creates: list[str] = []
        self.puts: list[str] = []
        self.aborted: list[str] = []
        self.keys: list[str] = []
        self.open_at_put: list[int] = []
        self.room = 1_000_000
        self.failing_puts: set[int] = set()
        self.throttled: Counter[str] = Counter()
        """Path -> number of calls that the gateway still throttles."""
        self._created: dict[str, list[dict[str, Any]]] = {}
        context.route("**/fake-api/**", self._respond)
        context.route("**/fake-s3/**", self._put)

    def _respond(self, route: Route) -> None:
        request = route.request
        body: dict[str, Any] = request.post_data_json or {}
        path = request.url.partition("/fake-api")[2]
        if self.throttled[path] > 0:
            self.throttled[path] -= 1
            route.fulfill(status=429, json={"message": "Too Many Requests"})
            return
        if path == "/kinds":
            route.fulfill(status=404)
        elif path == "/documents/batch":
            results = self._create_batch(request.headers["idempotency-key"], body)
            route.fulfill(json={"results": results})
        elif path == "/documents":
            self.creates.append(body["title"])
            route.fulfill(status=201, json=self._result(body))
        elif path.endswith("/abort"):
            self.aborted.append(path.split("/")[2])
            route.fulfill(status=204)
        else:
            route.fulfill(json=self._document(path.split("/")[2], "ready"))

    def _create_batch(self, key: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        self.keys.append(key)
        self.batches.append(body)
        results = []
        for request in body["documents"]:
            if request["fileName"] == "invalid.txt":
                problem = {"status": 422, "code": "filename_invalid", "detail": "No.", "errors": []}
                results.append({"problem": problem})
            elif self.room == 0:
                problem = {
                    "status": 429,
                    "code": "too_many_open_uploads",
                    "detail": "Full.",
                    "retryAfter": 60,
                }
                results.append({"problem": problem})
            else:
                self.room -= 1
                results.append(self._result(request))
        return self._created.setdefault(key, results)

    def _result(self, request: dict[str, Any]) -> dict[str, Any]:
        id = request["title"]
        upload = {
            "method": "PUT",
            "url": f"/fake-s3/{id}",
            "headers": {},
            "expiresAt": "2099-01-01T00:00:00Z",
        }
        return {"document": self._document(id, "pending"), "upload": upload}

    def _document(self, id: str, status: str) -> dict[str, Any]:
        return {"id": id, "title": id, "status": status, "steps": []}

    def _put(self, route: Route) -> None:
        self.puts.append(route.request.url.rpartition("/")[2])
        created = sum(len(batch["documents"]) for batch in self.batches)
        self.open_at_put.append(created - len(set(self.puts)))
        route.fulfill(status=500 if len(self.puts) in self.failing_puts else 200)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/airlock/index.js")
    page.set_content("<p>")
    return page


@pytest.fixture
def fake_api(context: BrowserContext) -> FakeApi:
    return FakeApi(context)


@pytest.fixture
def upload_all(page: Page, fake_api: FakeApi) -> Callable[..., list[str]]:
    """Returns a function that uploads files, and returns the title of each document, or the code of its error."""

    def run(count: int, **options: Any) -> list[str]:
        defaults = {"size": 10, "invalid": [], "cancelled": [], "cancelAfter": -1}
        titles: list[str] = page.evaluate(_UPLOAD_ALL, {"count": count} | defaults | options)
        return titles

    return run


def test_500_files_are_created_by_10_calls_shortly_before_they_are_sent(
    fake_api: FakeApi, upload_all: Callable[..., list[str]]
) -> None:
    assert upload_all(500) == [str(number) for number in range(500)]
    assert [len(batch["documents"]) for batch in fake_api.batches] == [50] * 10
    assert fake_api.creates == []
    assert max(fake_api.open_at_put) < 55


def test_a_batch_has_at_most_256_mib(
    context: BrowserContext, page: Page, fake_api: FakeApi, upload_all: Callable[..., list[str]]
) -> None:
    remember_line_speed(context, FAST)
    page.reload()
    assert len(upload_all(6, size=60 * 1024**2)) == 6
    assert [len(batch["documents"]) for batch in fake_api.batches] == [4, 2]


def test_a_file_that_is_invalid_fails_alone(fake_api: FakeApi, upload_all: Callable[..., list[str]]) -> None:
    assert upload_all(4, invalid=[1]) == ["0", "filename_invalid", "2", "3"]
    assert len(fake_api.batches) == 1


def test_a_file_that_a_limit_leaves_out_is_created_alone_when_it_is_its_turn(
    fake_api: FakeApi, upload_all: Callable[..., list[str]]
) -> None:
    fake_api.room = 3
    assert upload_all(5) == ["0", "1", "2", "3", "4"]
    assert sorted(fake_api.creates) == ["3", "4"]


def test_calls_that_the_gateway_throttles_without_a_code_and_a_time_are_repeated(
    fake_api: FakeApi, upload_all: Callable[..., list[str]]
) -> None:
    fake_api.throttled.update({"/documents/batch": 2, "/documents": 2, "/documents/0": 2})
    fake_api.room = 1
    assert upload_all(2) == ["0", "1"]
    assert len(fake_api.batches) == 1
    assert fake_api.creates == ["1"]
    assert set(fake_api.throttled.values()) == {0}


def test_a_file_that_is_sent_again_repeats_its_batch_under_the_same_key(
    fake_api: FakeApi, upload_all: Callable[..., list[str]]
) -> None:
    fake_api.failing_puts = {2}
    assert upload_all(4) == ["0", "1", "2", "3"]
    assert len(fake_api.batches) == 2
    assert len(set(fake_api.keys)) == 1
    assert fake_api.batches[0] == fake_api.batches[1]


def test_a_file_that_is_cancelled_before_it_is_sent_is_aborted(
    fake_api: FakeApi, upload_all: Callable[..., list[str]]
) -> None:
    results = upload_all(60, cancelled=[30, 59], cancelAfter=1)
    assert (results[30], results[59]) == ("AbortError", "AbortError")
    assert fake_api.aborted == ["30"]
    assert not {"30", "59"} & set(fake_api.puts)
    assert [len(batch["documents"]) for batch in fake_api.batches] == [50, 9]
