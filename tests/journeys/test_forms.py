"""The example site of docs/forms.md in a browser without JavaScript: form, way back, status and download."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from local.stack import LocalStack
from tests.journeys import files
from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.form_site import FormSite

STACK = "forms_stack"
pytestmark = needs_chromium

OpenForm = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def site(form_site: FormSite, own_stack: LocalStack) -> Iterator[None]:
    [machine] = own_stack.machines
    assert own_stack.token_url is not None
    with form_site.run(
        AIRLOCK_API=own_stack.api,
        AIRLOCK_TOKEN_URL=own_stack.token_url,
        AIRLOCK_CLIENT_ID=machine.client_id,
        AIRLOCK_CLIENT_SECRET=machine.client_secret,
        SECRET_KEY="of-this-journey",
    ):
        yield


@pytest.fixture
def open_form(browser: Browser, form_site: FormSite) -> Iterator[OpenForm]:
    """Returns a function that opens the form in a browser of a user with this language."""
    contexts = []

    def open_it(locale: str = "en-GB") -> Page:
        context = new_context(browser, base_url=form_site.origin, java_script_enabled=False, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Upload a document").click()
        return page

    yield open_it
    for context in contexts:
        context.close()


def send(page: Page, path: Path) -> FrameLocator:
    """Sends a file and returns the frame in which the result appears."""
    page.get_by_label("Image, PDF or text").set_input_files(path)
    page.get_by_role("button", name="Send").click()
    return page.frame_locator("iframe[name=result]")


def test_a_file_is_sent_checked_and_downloaded_without_javascript(
    open_form: OpenForm, tmp_path: Path
) -> None:
    photo = tmp_path / "K\N{LATIN SMALL LETTER A WITH DIAERESIS}se \N{EM DASH} 1.png"
    photo.write_bytes(files.png(64, 64))
    page = open_form()
    result = send(page, photo)

    expect(result.get_by_role("status")).to_have_text("The file is ready.")
    expect(result.get_by_role("heading")).to_have_text(photo.name)
    with page.expect_download() as download:
        result.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == photo.name
    assert Path(download.value.path()).read_bytes() == photo.read_bytes()


def test_another_user_does_not_see_the_document(open_form: OpenForm, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes(b"Hello")
    result = send(open_form(), note)
    expect(result.get_by_role("status")).to_have_text("The file is ready.")
    address = result.get_by_role("link", name="Download").get_attribute("href")
    assert address is not None
    stranger = open_form("de-DE")
    stranger.goto(address)
    expect(stranger.get_by_role("alert")).to_have_text("Es gibt kein Dokument mit dieser Kennung.")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("de-DE", "Diese Datei hat einen Typ, der nicht angenommen wird."),
        ("fr-FR", "Ce fichier est d'un type qui n'est pas accept\N{LATIN SMALL LETTER E WITH ACUTE}."),
        ("en-GB", "This file is of a type that is not accepted."),
    ],
)
def test_a_refused_file_says_why_in_the_language_of_its_user(
    open_form: OpenForm, tmp_path: Path, locale: str, sentence: str
) -> None:
    program = tmp_path / "tool.exe"
    program.write_bytes(files.exe())
    expect(send(open_form(locale), program).get_by_role("alert")).to_have_text(sentence)


def test_what_s3_refuses_itself_appears_in_the_frame_and_the_form_stays(
    open_form: OpenForm, tmp_path: Path
) -> None:
    large, small = tmp_path / "large.txt", tmp_path / "small.txt"
    large.write_bytes(b"a" * 10_485_761)
    small.write_bytes(b"Hello")
    page = open_form()
    expect(send(page, large).locator(":root")).to_contain_text("EntityTooLarge")
    expect(send(page, small).get_by_role("status")).to_have_text("The file is ready.")


def test_a_reload_after_the_file_has_arrived_shows_its_state(open_form: OpenForm, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes(b"Hello")
    page = open_form()
    expect(send(page, note).get_by_role("status")).to_have_text("The file is ready.")
    page.reload()
    expect(page.frame_locator("iframe[name=result]").get_by_role("heading")).to_have_text("note.txt")
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
