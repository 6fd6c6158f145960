"""The example page beyond the happy path: dropped files, videos, long lists, keyboard use and long names."""

import base64
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, Route, expect

from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.files import pdf, png

pytestmark = needs_chromium

_RECORD = """async () => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  for (let frame = 0; frame < 30; frame++) {
    context.fillRect(frame, frame, 20, 20);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
_PLAY = "video => { video.muted = true; return video.play() }"

_DROP = """() => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["dropped text"], "dropped.txt", { type: "text/plain" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


class _HeldRequest:
    """The next request whose URL matches, kept back until `release`."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(re.compile(url), lambda route: self._routes.append(route), times=1)

    def wait(self) -> None:
        """Returns when the page has sent it."""
        while not self._routes:
            self._page.wait_for_timeout(50)

    def release(self) -> None:
        self._routes.pop().continue_()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Creates an image with its own name in each test."""
    path = tmp_path / f"{tmp_path.name}.png"
    path.write_bytes(png(320, 200))
    return path


def test_a_file_can_be_dropped_anywhere(documents_page: DocumentsPage) -> None:
    documents_page.page.evaluate(_DROP)

    documents_page.expect_upload("dropped.txt", "ready")


def test_a_dropped_folder_is_uploaded_file_by_file(documents_page: DocumentsPage, tmp_path: Path) -> None:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "outer.txt").write_text("outer")
    (tmp_path / "folder" / "inner" / "inner.txt").write_text("inner")

    _drop_from_disk(documents_page.page, tmp_path / "folder")

    documents_page.expect_upload("outer.txt", "ready")
    documents_page.expect_upload("inner.txt", "ready")


def test_row_and_dialog_show_why_a_file_was_rejected(documents_page: DocumentsPage, tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(pdf(2_000))

    documents_page.choose_files(path)
    documents_page.expect_upload(path.name, "rejected")

    reason = "Declared as a JPEG image, but contains a PDF document."
    expect(documents_page.get_upload(path.name)).to_contain_text(reason)
    dialog = documents_page.open_document(path.name)
    expect(dialog).to_contain_text(reason)
    expect(dialog.get_by_role("list", name="History").get_by_role("listitem")).to_have_count(3)


def test_the_list_is_newest_first_and_loads_more_on_request(
    context: BrowserContext, grace: ApiClient
) -> None:
    for number in range(21):
        grace.create(png(), f"waiting {number}.png", "image/png")
    documents_page = DocumentsPage.open(context, "grace")
    documents_page.page.get_by_label("Status").select_option("Awaiting upload")
    rows = documents_page.page.get_by_role("list", name="Documents").get_by_role("listitem")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("waiting 20.png")

    documents_page.page.get_by_role("button", name="Show more").click()
    expect(documents_page.get_document("waiting 0.png")).to_be_visible()

    times = [time.get_attribute("datetime") or "" for time in rows.locator("time").all()]
    assert times == sorted(times, key=datetime.fromisoformat, reverse=True)


def test_more_cannot_be_loaded_while_the_list_is_being_replaced(
    context: BrowserContext, grace: ApiClient
) -> None:
    for number in range(21):
        grace.create(png(), f"long {number}.png", "image/png")
    documents_page = DocumentsPage.open(context, "grace")
    more = documents_page.page.get_by_role("button", name="Show more")
    expect(more).to_be_enabled()
    held = _HeldRequest(documents_page.page, r"/documents\?status=pending")

    documents_page.page.get_by_label("Status").select_option("Awaiting upload")
    expect(more).to_be_disabled()

    held.wait()
    held.release()
    more.click()
    expect(documents_page.get_document("long 0.png")).to_be_visible()


def test_a_video_plays_in_the_dialog_with_range_requests(
    documents_page: DocumentsPage, tmp_path: Path
) -> None:
    path = _record_video(documents_page.page, tmp_path)
    documents_page.choose_files(path)
    documents_page.expect_upload(path.name, "ready")
    ranges: list[Response] = []
    documents_page.page.on(
        "response", lambda response: ranges.append(response) if response.status == 206 else None
    )

    documents_page.press("Open", path.name)
    video = documents_page.page.get_by_role("dialog").locator("video")
    video.evaluate(_PLAY)

    expect(video).not_to_have_js_property("currentTime", 0)
    assert ranges
    assert all("/documents/" in response.url for response in ranges)


def test_a_player_appears_when_it_can_play(documents_page: DocumentsPage, tmp_path: Path) -> None:
    path = _record_video(documents_page.page, tmp_path)
    documents_page.choose_files(path)
    documents_page.expect_upload(path.name, "ready")
    held = _HeldRequest(documents_page.page, "/download")

    documents_page.press("Open", path.name)
    video = documents_page.page.get_by_role("dialog").locator("video")
    held.wait()
    expect(video).to_have_count(0)

    held.release()
    video.evaluate(_PLAY)
    expect(video).not_to_have_js_property("currentTime", 0)


def test_cancelling_a_running_upload_aborts_its_document(
    documents_page: DocumentsPage, picture: Path
) -> None:
    documents_page.page.route(re.compile("/staging/"), lambda _route: None)  # never responds
    documents_page.choose_files(picture)
    documents_page.expect_upload(picture.name, "uploading")

    documents_page.press("Cancel", picture.name)

    documents_page.expect_upload(picture.name, "aborted")
    expect(documents_page.get_document(picture.name)).to_have_attribute("data-status", "aborted")


def test_a_deleted_document_can_be_restored_on_the_same_page(
    documents_page: DocumentsPage, picture: Path
) -> None:
    documents_page.choose_files(picture)
    documents_page.expect_upload(picture.name, "ready")
    dialog = documents_page.open_document(picture.name)

    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("It can be restored until")
    expect(dialog.get_by_role("button", name="Download")).to_have_count(0)
    documents_page.page.keyboard.press("Escape")
    expect(documents_page.get_document(picture.name)).to_have_count(0)

    documents_page.page.get_by_label("Status").select_option("Deleted")
    documents_page.open_document(picture.name).get_by_role("button", name="Restore").click()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    documents_page.page.keyboard.press("Escape")
    expect(documents_page.get_document(picture.name)).to_have_count(0)
    documents_page.page.get_by_label("Status").select_option("Any status")
    expect(documents_page.get_document(picture.name)).to_have_attribute("data-status", "ready")


def test_a_file_can_be_uploaded_and_opened_with_the_keyboard(context: BrowserContext, picture: Path) -> None:
    page = context.new_page()
    # Registered before the key is pressed, because a browser without a listener may open its own dialog.
    page.on("filechooser", lambda chooser: chooser.set_files(picture))
    page.goto("/")
    expect(page.get_by_label("User name")).to_be_focused()
    _tab_to(page, "Sign in as ada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()

    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Choose files")).to_be_focused()
    page.keyboard.press("Space")
    DocumentsPage(page).expect_upload(picture.name, "ready")

    _tab_to(page, f"Open {picture.name}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=picture.name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Open {picture.name}")).to_be_focused()


def test_a_dialog_that_was_closed_during_a_delete_stays_closed(
    documents_page: DocumentsPage, picture: Path
) -> None:
    documents_page.choose_files(picture)
    documents_page.expect_upload(picture.name, "ready")
    dialog = documents_page.open_document(picture.name)
    held = _HeldRequest(documents_page.page, "/documents/[^/?]+$")

    dialog.get_by_role("button", name="Delete").click()
    held.wait()
    documents_page.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    held.release()

    expect(documents_page.get_document(picture.name)).to_have_count(0)
    expect(dialog).not_to_be_visible()


def test_a_long_name_does_not_widen_the_page_on_a_phone(context: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / f"{'a-very-long-name-that-nobody-wants-to-read-' * 4}.png"
    path.write_bytes(png())
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    _assert_fits(page)
    documents_page = DocumentsPage(page)
    documents_page.sign_in("ada")

    documents_page.choose_files(path)
    documents_page.expect_upload(path.name, "ready")
    expect(documents_page.get_document(path.name)).to_be_visible()
    _assert_fits(page)
    documents_page.press("Open", path.name)
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    _assert_fits(page)


def _record_video(page: Page, folder: Path) -> Path:
    path = folder / f"{folder.name}.webm"
    path.write_bytes(base64.b64decode(page.evaluate(_RECORD)))
    return path


def _drop_from_disk(page: Page, path: Path) -> None:
    """Drops a file or a folder as a file manager does, which JavaScript cannot."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": event, "x": 300, "y": 300, "data": data})


def _tab_to(page: Page, name: str) -> None:
    target = page.get_by_role("button", name=name)
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {name}")


def _assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
