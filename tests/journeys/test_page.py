"""The example page in a real browser: happy path, errors, keyboard and phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from local.stack import LocalStack
from tests.journeys import files
from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.network_log import NetworkLog
from tests.journeys.step_waiting import StepWaiting

pytestmark = needs_chromium
_DOWNLOAD = re.compile(r"/download\?")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / f"photo-{os.urandom(4).hex()}.png"
    path.write_bytes(files.png(64, 64))
    return path


def test_a_user_signs_in_with_name_and_password(context: BrowserContext, stack: LocalStack) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(stack.users[1].name)
    page.get_by_label("Password").fill(stack.users[1].password)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", name="Documents")).to_be_visible()


def test_a_wrong_password_shows_an_error(context: BrowserContext, stack: LocalStack) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(stack.users[1].name)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    expect(page.get_by_role("heading", name="Documents")).not_to_be_visible()


def test_a_chosen_file_becomes_ready_and_downloads_unchanged(
    documents_page: DocumentsPage, photo: Path
) -> None:
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")
    expect(documents_page.get_document(photo.name)).to_have_attribute("data-status", "ready")

    with documents_page.page.expect_download() as download:
        documents_page.get_document(photo.name).get_by_role("button", name=f"Download {photo.name}").click()

    assert download.value.suggested_filename == photo.name
    assert Path(download.value.path()).read_bytes() == photo.read_bytes()


def test_a_file_that_is_not_an_image_is_rejected_with_its_reason(
    documents_page: DocumentsPage, photo: Path
) -> None:
    photo.write_bytes(files.SVG)
    documents_page.choose_files(photo)

    documents_page.expect_upload(photo.name, "rejected")
    expect(documents_page.get_upload(photo.name)).to_contain_text(
        "Declared as a PNG image, but contains an SVG image."
    )
    expect(documents_page.get_document(photo.name).get_by_role("button", name="Download")).to_have_count(0)


def test_files_that_are_not_accepted_show_why_and_are_not_created(
    documents_page: DocumentsPage, context: BrowserContext, stack: LocalStack, tmp_path: Path
) -> None:
    expect(documents_page.page.get_by_role("progressbar", name="Storage")).to_be_visible()
    network_log = NetworkLog(context, stack.api)
    program, empty = tmp_path / "tool.exe", tmp_path / "empty.png"
    program.write_bytes(files.exe())
    empty.touch()
    documents_page.choose_files(program, empty)

    for path, message in [
        (program, "a Windows program, which is not accepted"),
        (empty, "The file is empty"),
    ]:
        documents_page.expect_upload(path.name, "error")
        expect(documents_page.get_upload(path.name)).to_contain_text(message)
    assert [call for call in network_log.api_calls if call != "GET /documents"] == ["GET /kinds"]


def test_the_dialog_shows_a_preview_of_an_image(documents_page: DocumentsPage, photo: Path) -> None:
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")

    image = (
        documents_page.open_document(photo.name)
        .get_by_role("img")
        .or_(documents_page.page.locator("dialog img"))
        .first
    )
    expect(image).to_be_visible()
    documents_page.page.wait_for_function(
        "() => document.querySelector('dialog[open] img')?.naturalWidth === 64"
    )


def test_no_button_of_the_dialog_moves_when_the_preview_arrives(
    documents_page: DocumentsPage, context: BrowserContext, photo: Path
) -> None:
    photo.write_bytes(files.png(64, 400))
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")
    held: list[Route] = []
    context.route(_DOWNLOAD, lambda route: held.append(route), times=1)
    with documents_page.page.expect_request(_DOWNLOAD):
        dialog = documents_page.open_document(photo.name)
    checksum = dialog.get_by_role("button", name="Copy SHA-256")
    before = checksum.bounding_box()

    held.pop().continue_()

    documents_page.page.wait_for_function(
        "() => document.querySelector('dialog[open] img')?.naturalHeight === 400"
    )
    assert before is not None
    assert checksum.bounding_box() == before


def test_a_step_that_waits_is_shown_and_the_next_upload_starts(
    documents_page: DocumentsPage, context: BrowserContext, tmp_path: Path
) -> None:
    photos = [tmp_path / f"{number}-{os.urandom(4).hex()}.png" for number in range(4)]
    for path in photos:
        path.write_bytes(files.png(64, 64))
    waiting = StepWaiting(context)
    documents_page.choose_files(*photos)
    for path in photos:
        expect(documents_page.get_upload(path.name)).to_contain_text("Waiting for word list")

    waiting.release()

    for path in photos:
        documents_page.expect_upload(path.name, "ready")


def test_the_dialog_offers_renditions(
    documents_page: DocumentsPage, context: BrowserContext, photo: Path
) -> None:
    StepWaiting(context).release()
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")
    dialog = documents_page.open_document(photo.name)

    with documents_page.page.expect_request(re.compile(r"/download\?.*rendition=report")):
        dialog.get_by_role("button", name="report (2 bytes)").click()

    expect(dialog.get_by_role("alert")).to_have_text("The document has no rendition with this name.")


def test_the_list_can_be_filtered_by_status(
    documents_page: DocumentsPage, photo: Path, tmp_path: Path
) -> None:
    bad = tmp_path / f"page-{os.urandom(4).hex()}.png"
    bad.write_bytes(files.HTML)
    documents_page.choose_files(photo, bad)
    documents_page.expect_upload(photo.name, "ready")
    documents_page.expect_upload(bad.name, "rejected")

    documents_page.page.get_by_label("Status").select_option(label="Rejected")
    expect(documents_page.get_document(bad.name).first).to_be_visible()
    expect(documents_page.get_document(photo.name)).to_have_count(0)


def test_sign_in_and_dialog_work_with_the_keyboard(
    context: BrowserContext, stack: LocalStack, photo: Path
) -> None:
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(stack.users[0].name)
    page.keyboard.press("Tab")
    page.keyboard.type(stack.users[0].password)
    page.keyboard.press("Enter")
    documents_page = DocumentsPage(page)
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")

    documents_page.get_document(photo.name).get_by_role("button", name=photo.name, exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=photo.name)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(
        documents_page.get_document(photo.name).get_by_role("button", name=photo.name, exact=True)
    ).to_be_focused()


def test_the_page_does_not_scroll_sideways_on_a_phone(
    browser: Browser, stack: LocalStack, photo: Path
) -> None:
    phone = new_context(browser, base_url=stack.web, viewport={"width": 390, "height": 844})
    documents_page = DocumentsPage.open(phone)
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")

    width = documents_page.page.evaluate("document.documentElement.scrollWidth")
    phone.close()
    assert width <= 390


def test_the_page_has_no_errors_and_no_policy_violations(context: BrowserContext, photo: Path) -> None:
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    documents_page = DocumentsPage.open(context)
    documents_page.choose_files(photo)
    documents_page.expect_upload(photo.name, "ready")
    documents_page.open_document(photo.name)

    # A busy machine causes a 503, which the client repeats.
    assert [error for error in errors if "status of 503" not in error] == []


def test_a_new_tab_is_signed_in_and_a_sign_out_holds_for_all(
    documents_page: DocumentsPage, context: BrowserContext
) -> None:
    other = DocumentsPage(context.new_page())
    other.page.goto("/")
    expect(other.page.get_by_role("heading", name="Documents")).to_be_visible()

    other.page.get_by_role("button", name="Sign out").click()

    for page in (other.page, documents_page.page):
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert page.evaluate("sessionStorage.length") == 0


def test_the_list_is_searched_by_name(documents_page: DocumentsPage, photo: Path, tmp_path: Path) -> None:
    other = tmp_path / f"other-{os.urandom(4).hex()}.png"
    other.write_bytes(files.png(64, 64))
    documents_page.choose_files(photo, other)
    expect(documents_page.get_document(photo.name)).to_have_attribute("data-status", "ready")
    expect(documents_page.get_document(other.name)).to_have_attribute("data-status", "ready")
    search = documents_page.page.get_by_label("Search by name")

    search.fill(photo.stem.upper())
    expect(documents_page.get_document(other.name)).to_have_count(0)
    expect(documents_page.get_document(photo.name)).to_be_visible()

    search.fill("no document has this name")
    documents_page.page.get_by_role("button", name="Show all documents").click()
    expect(documents_page.get_document(other.name)).to_be_visible()
    expect(search).to_be_focused()


def test_several_documents_are_deleted_and_restored_together(
    documents_page: DocumentsPage, tmp_path: Path
) -> None:
    paths = [tmp_path / f"bulk-{number}-{os.urandom(4).hex()}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(files.png(64, 64))
    page = documents_page.page
    documents_page.choose_files(*paths)
    for path in paths:
        expect(documents_page.get_document(path.name)).to_have_attribute("data-status", "ready")
        page.get_by_label(f"Select {path.name}").check()

    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("3 documents deleted.")).to_be_visible()
    expect(documents_page.get_document(paths[0].name)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 documents restored.")).to_be_visible()
    for path in paths:
        expect(documents_page.get_document(path.name)).to_have_attribute("data-status", "ready")


def test_the_summary_counts_what_was_refused_and_rejected(
    documents_page: DocumentsPage, photo: Path, tmp_path: Path
) -> None:
    program, lie = tmp_path / "tool.exe", tmp_path / f"page-{os.urandom(4).hex()}.png"
    program.write_bytes(files.exe())
    lie.write_bytes(files.HTML)

    documents_page.choose_files(photo, program, lie)

    summary = documents_page.page.get_by_role("heading", name=re.compile("finished"))
    expect(summary).to_have_text("3 of 3 finished: 1 ready, 1 rejected, 1 refused")
