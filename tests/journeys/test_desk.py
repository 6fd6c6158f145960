"""More of the example page, beyond its everyday path: files that are dropped, films, long lists, no mouse, long names."""

import base64
import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, Route, expect

from tests.journeys.browser import needs_chromium
from tests.journeys.client import Client
from tests.journeys.desk import Desk
from tests.journeys.files import pdf, png

pytestmark = needs_chromium

_RECORD = """async () => {
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm" });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const recorded = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  for (let frame = 0; frame < 30; frame++) {
    brush.fillRect(frame, frame, 20, 20);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await recorded;
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""

_DROP = """() => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["dropped words"], "dropped.txt", { type: "text/plain" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Of another name in each test."""
    path = tmp_path / f"{tmp_path.name}.png"
    path.write_bytes(png(320, 200))
    return path


def test_a_file_may_be_dropped_anywhere(desk: Desk) -> None:
    desk.page.evaluate(_DROP)

    desk.expect_upload("dropped.txt", "ready")


def test_the_reason_of_a_rejection_is_told_in_the_row_and_in_the_dialog(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(pdf(2_000))

    desk.choose(path)
    desk.expect_upload(path.name, "rejected")

    reason = "Announced as JPEG image; what is inside is PDF."
    expect(desk.upload(path.name)).to_contain_text(reason)
    dialog = desk.open_document(path.name)
    expect(dialog).to_contain_text(reason)
    expect(dialog.get_by_role("list", name="History").get_by_role("listitem")).to_have_count(3)


def test_the_list_is_newest_first_and_goes_on_when_asked(context: BrowserContext, grace: Client) -> None:
    for number in range(21):
        grace.create(png(), f"waiting {number}.png", "image/png")
    desk = Desk.open(context, "grace")
    desk.page.get_by_label("Status").select_option("Awaiting upload")
    rows = desk.page.get_by_role("list", name="Documents").get_by_role("listitem")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("waiting 20.png")

    desk.page.get_by_role("button", name="Show more").click()
    expect(desk.document("waiting 0.png")).to_be_visible()

    times = [time.get_attribute("datetime") or "" for time in rows.locator("time").all()]
    assert times == sorted(times, key=datetime.fromisoformat, reverse=True)


def test_no_more_can_be_asked_of_a_list_that_is_being_replaced(
    context: BrowserContext, grace: Client
) -> None:
    for number in range(21):
        grace.create(png(), f"long {number}.png", "image/png")
    desk = Desk.open(context, "grace")
    more = desk.page.get_by_role("button", name="Show more")
    expect(more).to_be_enabled()
    held: list[Route] = []
    desk.page.route(re.compile(r"/documents\?status=pending"), lambda route: held.append(route), times=1)

    desk.page.get_by_label("Status").select_option("Awaiting upload")
    expect(more).to_be_disabled()

    held.pop().continue_()
    more.click()
    expect(desk.document("long 0.png")).to_be_visible()


def test_a_film_plays_in_its_dialog_by_ranges(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "film.webm"
    path.write_bytes(base64.b64decode(desk.page.evaluate(_RECORD)))
    desk.choose(path)
    desk.expect_upload(path.name, "ready")
    ranges: list[Response] = []
    desk.page.on("response", lambda response: ranges.append(response) if response.status == 206 else None)

    desk.press("Open", path.name)
    film = desk.page.get_by_role("dialog").locator("video")
    film.evaluate("film => { film.muted = true; return film.play() }")

    expect(film).not_to_have_js_property("currentTime", 0)
    assert ranges
    assert all("/documents/" in response.url for response in ranges)


def test_what_is_cancelled_on_its_way_is_aborted(desk: Desk, picture: Path) -> None:
    desk.page.route(re.compile("/staging/"), lambda _route: None)  # it stays on its way
    desk.choose(picture)
    desk.expect_upload(picture.name, "uploading")

    desk.press("Cancel", picture.name)

    desk.expect_upload(picture.name, "aborted")
    expect(desk.document(picture.name)).to_have_attribute("data-status", "aborted")


def test_what_is_deleted_can_be_restored_on_the_same_page(desk: Desk, picture: Path) -> None:
    desk.choose(picture)
    desk.expect_upload(picture.name, "ready")
    dialog = desk.open_document(picture.name)

    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("It can be restored until")
    expect(dialog.get_by_role("button", name="Download")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    expect(desk.document(picture.name)).to_have_count(0)

    desk.page.get_by_label("Status").select_option("Deleted")
    desk.open_document(picture.name).get_by_role("button", name="Restore").click()
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.document(picture.name)).to_have_count(0)
    desk.page.get_by_label("Status").select_option("Any")
    expect(desk.document(picture.name)).to_have_attribute("data-status", "ready")


def test_from_sign_in_to_a_document_without_a_mouse(context: BrowserContext, picture: Path) -> None:
    page = context.new_page()
    # Known before the key is pressed: a browser that learns of it in the same moment may open its own dialog instead.
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
    Desk(page).expect_upload(picture.name, "ready")

    _tab_to(page, f"Open {picture.name}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=picture.name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Open {picture.name}")).to_be_focused()


def test_a_name_without_end_widens_no_phone(context: BrowserContext, tmp_path: Path) -> None:
    path = tmp_path / f"{'a-very-long-name-that-nobody-wants-to-read-' * 4}.png"
    path.write_bytes(png())
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    _assert_fits(page)
    desk = Desk(page)
    desk.sign_in("ada")

    desk.choose(path)
    desk.expect_upload(path.name, "ready")
    expect(desk.document(path.name)).to_be_visible()
    _assert_fits(page)
    desk.press("Open", path.name)
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    _assert_fits(page)


def _tab_to(page: Page, name: str) -> None:
    target = page.get_by_role("button", name=name)
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"no way by Tab to {name}")


def _assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
