"""The example page in a real browser, used as a person would: by its words, its keyboard, and on a phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from local.stack import LocalStack
from tests.journeys import files
from tests.journeys.browser import needs_chromium
from tests.journeys.desk import Desk

pytestmark = needs_chromium


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / f"photo-{os.urandom(4).hex()}.png"
    path.write_bytes(files.png(64, 64))
    return path


def test_somebody_signs_in_with_name_and_password(context: BrowserContext, stack: LocalStack) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(stack.users[1].name)
    page.get_by_label("Password").fill(stack.users[1].password)
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("heading", name="Documents")).to_be_visible()


def test_a_wrong_password_is_told(context: BrowserContext, stack: LocalStack) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(stack.users[1].name)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    expect(page.get_by_role("heading", name="Documents")).not_to_be_visible()


def test_a_chosen_file_becomes_ready_and_downloads_as_it_was(desk: Desk, photo: Path) -> None:
    desk.choose(photo)
    desk.expect_upload(photo.name, "ready")
    expect(desk.document(photo.name)).to_have_attribute("data-status", "ready")

    with desk.page.expect_download() as started:
        desk.document(photo.name).get_by_role("button", name=f"Download {photo.name}").click()

    assert started.value.suggested_filename == photo.name
    assert Path(started.value.path()).read_bytes() == photo.read_bytes()


def test_what_is_no_image_is_rejected_with_its_reason_in_words(desk: Desk, photo: Path) -> None:
    photo.write_bytes(files.SVG)
    desk.choose(photo)

    desk.expect_upload(photo.name, "rejected")
    expect(desk.upload(photo.name)).to_contain_text("Rejected")
    expect(desk.document(photo.name).get_by_role("button", name="Download")).to_have_count(0)


def test_a_type_that_no_kind_accepts_never_leaves_the_page(desk: Desk, tmp_path: Path) -> None:
    program = tmp_path / "tool.exe"
    program.write_bytes(files.exe())
    desk.choose(program)

    desk.expect_upload(program.name, "error")


def test_an_image_is_shown_in_place(desk: Desk, photo: Path) -> None:
    desk.choose(photo)
    desk.expect_upload(photo.name, "ready")

    image = desk.open_document(photo.name).get_by_role("img").or_(desk.page.locator("dialog img")).first
    expect(image).to_be_visible()
    desk.page.wait_for_function("() => document.querySelector('dialog[open] img')?.naturalWidth === 64")


def test_the_list_can_be_filtered_by_status(desk: Desk, photo: Path, tmp_path: Path) -> None:
    bad = tmp_path / f"page-{os.urandom(4).hex()}.png"
    bad.write_bytes(files.HTML)
    desk.choose(photo, bad)
    desk.expect_upload(photo.name, "ready")
    desk.expect_upload(bad.name, "rejected")

    desk.page.get_by_label("Status").select_option(label="Rejected")
    expect(desk.document(bad.name).first).to_be_visible()
    expect(desk.document(photo.name)).to_have_count(0)


def test_the_keyboard_is_enough(context: BrowserContext, stack: LocalStack, photo: Path) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").focus()
    page.keyboard.type(stack.users[0].name)
    page.keyboard.press("Tab")
    page.keyboard.type(stack.users[0].password)
    page.keyboard.press("Enter")
    desk = Desk(page)
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    desk.choose(photo)
    desk.expect_upload(photo.name, "ready")

    desk.document(photo.name).get_by_role("button", name=photo.name, exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=photo.name)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(desk.document(photo.name).get_by_role("button", name=photo.name, exact=True)).to_be_focused()


def test_a_phone_shows_it_all_without_scrolling_sideways(
    browser: Browser, stack: LocalStack, photo: Path
) -> None:
    phone = browser.new_context(base_url=stack.web, viewport={"width": 390, "height": 844})
    desk = Desk.open(phone)
    desk.choose(photo)
    desk.expect_upload(photo.name, "ready")

    width = desk.page.evaluate("document.documentElement.scrollWidth")
    phone.close()
    assert width <= 390


def test_nothing_on_the_page_breaks_its_own_rules(context: BrowserContext, photo: Path) -> None:
    """No error, and nothing that its Content-Security-Policy had to stop."""
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    desk = Desk.open(context)
    desk.choose(photo)
    desk.expect_upload(photo.name, "ready")
    desk.open_document(photo.name)

    assert complaints == []
