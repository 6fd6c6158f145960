"""The upload client and files that the deployment does not accept: each is refused before it is created."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi

pytestmark = needs_chromium

_UPLOAD_ALL = """async ({ endpoint, files, together = false }) => {
  const { Airlock } = await import("/airlock/index.js");
  const { describeError } = await import("/airlock/messages.js");
  window.airlock ??= new Airlock({ endpoint, getToken: async () => "good" });
  const entries = files.map(({ name, size, type, kind }) =>
    ({ file: new File([new Uint8Array(size)], name, { type }), kind }));
  const uploads = together
    ? window.airlock.uploadAll(entries)
    : entries.map(({ file, ...options }) => window.airlock.upload(file, options));
  const settle = (upload) => upload.then(({ status }) => status, (error) =>
    ({ code: error.code, status: error.status, temporary: error.temporary, message: describeError(error) }));
  return Promise.all(uploads.map(settle));
}"""


def _kind(name: str, *content_types: str, max_size: int = 1024, min_size: int = 1) -> dict[str, Any]:
    return {"name": name, "contentTypes": content_types, "minSize": min_size, "maxSize": max_size}


@pytest.fixture
def api(api: FakeApi) -> FakeApi:
    api.kinds = [_kind("image", "image/png", "image/jpeg"), _kind("text", "text/plain", max_size=1536)]
    return api


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.goto("/")
    return page


def _upload(page: Page, api: FakeApi, *files: dict[str, Any], together: bool = False) -> list[Any]:
    given = [{"name": "cat.png", "size": 10, "type": ""} | file for file in files]
    outcomes: list[Any] = page.evaluate(
        _UPLOAD_ALL, {"endpoint": api.url, "files": given, "together": together}
    )
    return outcomes


@pytest.mark.parametrize(
    ("file", "code", "message"),
    [
        ({"size": 0}, "size_too_small", "The file is empty."),
        ({"size": 1025}, "file_too_large", "The file has 1 KiB; up to 1 KiB are accepted."),
        (
            {"name": "a.txt", "size": 2048},
            "file_too_large",
            "The file has 2 KiB; up to 1.5 KiB are accepted.",
        ),
        ({"name": "a.pdf"}, "content_type_not_allowed", "The file is a PDF document, which is not accepted."),
        (
            {"kind": "text"},
            "content_type_not_allowed",
            "The file is a PNG image, which is not accepted.",
        ),
        ({"name": "png"}, "content_type_not_allowed", "Files of an unknown type are not accepted."),
        (
            {"name": "notes", "type": "application/pdf"},
            "content_type_not_allowed",
            "The file is a PDF document, which is not accepted.",
        ),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_file_that_is_not_accepted_is_refused_before_it_is_created(
    page: Page, api: FakeApi, file: dict[str, Any], code: str, message: str, together: bool
) -> None:
    [error] = _upload(page, api, file, together=together)
    assert error == {"code": code, "status": 0, "temporary": False, "message": message}
    assert (api.calls, api.stored) == ([], [])


def test_one_file_that_is_not_accepted_does_not_keep_the_others_from_their_batch(
    page: Page, api: FakeApi
) -> None:
    outcomes = _upload(page, api, {}, {"size": 0}, {"name": "a.txt", "size": 1500}, together=True)
    assert [outcomes[0], outcomes[1]["code"], outcomes[2]] == ["ready", "size_too_small", "ready"]
    assert api.calls.count("POST /documents/batch") == 1
    assert len(api.stored) == 2


@pytest.mark.parametrize(
    "file",
    [
        {"type": "application/x-newer-than-this-client", "name": "notes"},
        {"name": "cat.png\u200b"},
        {"kind": "unknown"},
    ],
    ids=["a name of the browser", "an extension that the API cleans", "an unknown kind"],
)
def test_what_the_client_cannot_tell_is_left_to_the_api(
    page: Page, api: FakeApi, file: dict[str, Any]
) -> None:
    assert _upload(page, api, file) == ["ready"]


def test_the_kinds_are_read_once_for_all_files(page: Page, api: FakeApi) -> None:
    assert _upload(page, api, *[{"name": f"{number}.png"} for number in range(5)]) == ["ready"] * 5
    assert _upload(page, api, {}, together=True) == ["ready"]
    assert api.kind_reads == 1


def test_an_old_list_is_read_again_before_it_refuses_a_file(page: Page, api: FakeApi) -> None:
    assert _upload(page, api, {"name": "a.pdf"})[0]["code"] == "content_type_not_allowed"
    api.kinds = [_kind("all", "application/pdf", "image/png")]
    assert _upload(page, api, {"name": "a.pdf"})[0]["code"] == "content_type_not_allowed"

    page.evaluate("Date.now = ((now) => () => now() + 120_000)(Date.now)")
    assert _upload(page, api, {}, *[{"name": "a.pdf"}] * 5, {"name": "a.txt"})[:6] == ["ready"] * 6
    assert api.kind_reads == 2


@pytest.mark.parametrize("kinds", [None, "no list"])
def test_an_api_that_does_not_list_its_kinds_decides_itself(page: Page, api: FakeApi, kinds: Any) -> None:
    api.kinds = kinds
    assert _upload(page, api, {}, {"size": 0}, {"name": "a.pdf"}) == ["ready"] * 3
    assert api.kind_reads == 1
