"""File names that are hard on headers and browsers, saved by a real one from a presigned URL."""

import re

import httpx
import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium
from tests.journeys.files import pdf

pytestmark = needs_chromium

NAMES = [
    "Übersicht 2024 – ключ.pdf",
    "写真 🐈 ☺.pdf",
    "عربي.pdf",
    "100%25 %2F..%2Fetc%2Fpasswd.pdf",
    "a'b & c=d, (e) [f]; #1!.pdf",
    'a"; filename="b.exe"; x=".pdf',
    "=?utf-8?B?YS5leGU=?=.pdf",
    "UTF-8''a.exe.pdf",
    "two  spaces.tar.pdf",
    "x" * 251 + ".pdf",
    "می\u200cخواهم.pdf",
    "👨\u200d👩\u200d👧\u200d👦.pdf",
    "家" * 83 + ".pdf",
]
_REPLACED = re.compile(r'["*:<>?\\/|\u200c\u200d]')
"""Characters that Chromium replaces in file names, joiners too."""


def save_in_browser(context: BrowserContext, url: str) -> str:
    """Returns the name under which the browser saves what a link to the URL downloads."""
    page = context.new_page()
    page.set_content("<a>save</a>")
    page.evaluate("url => { document.querySelector('a').href = url }", url)
    with page.expect_download() as started:
        page.get_by_text("save").click()
    return started.value.suggested_filename


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:20])
def test_a_browser_saves_a_file_under_its_name(ada: ApiClient, context: BrowserContext, name: str) -> None:
    document = ada.upload(pdf(1_000), name, "application/pdf")
    saved = save_in_browser(context, ada.get_download_url(document["id"]))
    assert saved == _REPLACED.sub("_", document["fileName"])


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("evil.scr", "evil.scr.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("trailing.pdf.", "trailing.pdf"),
        ("x.pdf::$DATA", "x.pdf"),
    ],
)
def test_a_browser_saves_a_disguised_file_under_its_type(
    ada: ApiClient, context: BrowserContext, name: str, saved: str
) -> None:
    document = ada.upload(pdf(1_000), name, "application/pdf")
    assert document["fileName"] == name
    assert save_in_browser(context, ada.get_download_url(document["id"])) == saved


@pytest.mark.parametrize("name", ["家" * 84 + ".pdf", "😀" * 251 + ".pdf"], ids=["CJK", "emoji"])
def test_a_name_that_is_too_long_for_a_file_system_is_shortened(ada: ApiClient, name: str) -> None:
    document = ada.upload(pdf(1_000), name, "application/pdf")
    assert len(document["fileName"].encode()) <= 255
    url = ada.get_download_url(document["id"])
    assert len(url) < 4_096
    assert httpx.get(url).status_code == 200
