"""The states of the example page, each reached as a user reaches it, with the samples of a fake API."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import new_context
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.fake_api import start_fake_api
from tests.journeys.files import mp4, png
from tests.journeys.origins import start_page
from tests.journeys.sample_api import SampleApi, SampleHandler
from tools.build_page import build

_FILM_SIZE = 70 * 1024**2
_DRAG = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["text"], "notes.txt"));
  document.body.dispatchEvent(new DragEvent("dragenter", { dataTransfer, bubbles: true }));
}"""


@dataclass(frozen=True)
class StatePage:
    """The page in a new browser profile. `folder` is for the files of a test."""

    page: Page
    api: SampleApi
    folder: Path

    def sign_in(self, password: str = "secret") -> None:
        self.page.get_by_label("User name").fill("ada@example.com")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def open_list(self) -> DocumentsPage:
        """Signs in, and waits until the list, the usage and the thumbnail are there."""
        self.sign_in()
        expect(self.page.get_by_role("list", name="Documents")).to_have_attribute("aria-busy", "false")
        expect(self.page.get_by_role("progressbar", name="Storage")).to_be_visible()
        if any(each["status"] == "ready" for each in self.api.samples) and not self.api.is_broken:
            expect(self.page.locator(".thumbnail img:not([hidden])").first).to_be_visible()
        return DocumentsPage(self.page)

    def open_dialog(self, name: str) -> Locator:
        return self.open_list().open_document(name)

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


def _show_wrong_password(state: StatePage) -> None:
    state.sign_in("wrong")
    expect(state.page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()


def _show_invitation(state: StatePage) -> None:
    state.sign_in("invited")
    expect(state.page.get_by_role("heading", name="Choose a password")).to_be_visible()


def _show_list(state: StatePage) -> None:
    state.open_list()


def _show_empty_list(state: StatePage) -> None:
    state.api.samples.clear()
    state.open_list()
    expect(state.page.get_by_text("No documents yet")).to_be_visible()


def _show_no_match(state: StatePage) -> None:
    state.open_list()
    state.page.get_by_label("Search by name").fill("nothing like this")
    expect(state.page.get_by_text("No document matches.")).to_be_visible()


def _show_list_error(state: StatePage) -> None:
    state.api.is_broken = True
    state.sign_in()
    expect(state.page.get_by_role("button", name="Try again")).to_be_visible()


def _show_selection(state: StatePage) -> None:
    state.open_list()
    for name in ("Mountains.jpg", "Newsletter.csv", "Interview.mp3"):
        state.page.get_by_label(f"Select {name}").check()
    expect(state.page.get_by_text("3 selected")).to_be_visible()


def _show_deleted(state: StatePage) -> None:
    _show_selection(state)
    state.page.get_by_role("button", name="Delete", exact=True).click()
    expect(state.page.get_by_text("3 documents deleted.")).to_be_visible()


def _show_uploads(state: StatePage) -> None:
    """One upload each that is refused, ready, rejected, paused, sent, and queued."""
    documents_page = state.open_list()
    documents_page.choose_files(state.write("Setup.exe", b"MZ" + bytes(99)))
    documents_page.expect_upload("Setup.exe", "error")
    documents_page.choose_files(state.write("Portrait.png", png(32, 32)))
    documents_page.expect_upload("Portrait.png", "ready")
    state.api.before_put.clear()
    documents_page.choose_files(state.write("Film.mp4", mp4(_FILM_SIZE)))
    documents_page.expect_upload("Film.mp4", "uploading")
    documents_page.press("Pause", "Film.mp4")
    documents_page.expect_upload("Film.mp4", "paused")
    names = [f"A long name of a picture of a holiday, number {n}.png" for n in range(4)]
    documents_page.choose_files(*(state.write(name, png(32, 32)) for name in names))
    documents_page.expect_upload(names[0], "uploading")
    documents_page.expect_upload(names[3], "queued")


def _show_interrupted(state: StatePage) -> None:
    documents_page = state.open_list()
    state.api.before_put.clear()
    documents_page.choose_files(state.write("Film.mp4", mp4(_FILM_SIZE)))
    documents_page.expect_upload("Film.mp4", "uploading")
    state.page.reload()
    documents_page.expect_upload("Film.mp4", "resumable")
    state.api.before_put.set()


def _show_photo(state: StatePage) -> None:
    dialog = state.open_dialog("Mountains.jpg")
    expect(dialog.get_by_role("img", name="Mountains.jpg")).not_to_have_js_property("naturalWidth", 0)


def _show_table(state: StatePage) -> None:
    dialog = state.open_dialog("Newsletter.csv")
    expect(dialog.get_by_role("heading", name="3 of 1,284 rows rejected")).to_be_visible()


def _show_rejected(state: StatePage) -> None:
    state.open_dialog("invoice.pdf.exe")


def _show_deleted_document(state: StatePage) -> None:
    documents_page = state.open_list()
    state.page.get_by_label("Status").select_option("Deleted")
    documents_page.open_document("Old logo.png")


def _show_dragging(state: StatePage) -> None:
    state.open_list()
    state.page.evaluate(_DRAG)
    expect(state.page.get_by_text("Drop to upload")).to_be_visible()


def _show_session_end(state: StatePage) -> None:
    state.open_list()
    state.api.tokens = {"later"}
    state.page.get_by_role("button", name="Refresh").click()
    expect(state.page.get_by_role("alert").filter(has_text="Your session has ended")).to_be_visible()


STATES: Mapping[str, Callable[[StatePage], Any]] = {
    "sign-in": lambda _state: None,
    "wrong-password": _show_wrong_password,
    "invitation": _show_invitation,
    "documents": _show_list,
    "empty": _show_empty_list,
    "no-match": _show_no_match,
    "list-error": _show_list_error,
    "selection": _show_selection,
    "deleted": _show_deleted,
    "uploads": _show_uploads,
    "interrupted": _show_interrupted,
    "photo": _show_photo,
    "table": _show_table,
    "rejected": _show_rejected,
    "deleted-document": _show_deleted_document,
    "dragging": _show_dragging,
    "session-end": _show_session_end,
}
"""Name of a state -> function that brings the page, which shows the sign-in form, into it."""


@contextmanager
def serve_page(folder: Path) -> Iterator[tuple[SampleApi, str]]:
    """Yields an API with samples, and the address of the page that is built for it in the folder."""
    with start_fake_api(SampleApi(), SampleHandler) as api:
        assert isinstance(api, SampleApi)
        site = folder / "page"
        config = {
            "api": api.url,
            "cognito": f"{api.url}/cognito",
            "clientId": "client",
            "storage": api.url,
        }
        build(config, site)
        with start_page(site) as origin:
            yield api, f"{origin}/airlock/index.html"


@contextmanager
def open_state(browser: Browser, name: str, folder: Path, **options: Any) -> Iterator[StatePage]:
    """Yields the page in one of `STATES`. `folder` is a new one; `options` are those of a browser profile."""
    with serve_page(folder) as (api, url):
        context = new_context(browser, locale="en-GB", timezone_id="UTC", **options)
        state = StatePage(context.new_page(), api, folder)
        state.page.goto(url)
        expect(state.page.get_by_role("heading", name="Sign in")).to_be_visible()
        STATES[name](state)
        yield state
        context.close()
