"""File names that are hard on headers and browsers, saved by a real one from a presigned URL."""

import re

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
]
_REPLACED = re.compile(r'["*:<>?\\/|]')
"""Characters that browsers replace in file names."""


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:20])
def test_a_browser_saves_a_file_under_its_name(ada: ApiClient, context: BrowserContext, name: str) -> None:
    document = ada.upload(pdf(1_000), name, "application/pdf")
    page = context.new_page()
    page.set_content("<a>save</a>")
    page.evaluate("url => { document.querySelector('a').href = url }", ada.get_download_url(document["id"]))

    with page.expect_download() as started:
        page.get_by_text("save").click()

    assert started.value.suggested_filename == _REPLACED.sub("_", document["fileName"])
