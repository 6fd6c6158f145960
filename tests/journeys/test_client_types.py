"""The upload client and files with the name of another type: it declares the type that their first bytes show."""

import base64

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi

pytestmark = needs_chromium

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
_UPLOAD = """async ({ endpoint, name, head }) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  const bytes = Uint8Array.from(atob(head), (letter) => letter.charCodeAt(0));
  return (await airlock.upload(new File([bytes], name))).contentType;
}"""


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.goto("/")
    return page


def declare(page: Page, api: FakeApi, name: str, head: bytes) -> str:
    """Uploads a file and returns the content type that the client declared."""
    argument = {"endpoint": api.url, "name": name, "head": base64.b64encode(head).decode()}
    declared: str = page.evaluate(_UPLOAD, argument)
    return declared


@pytest.mark.parametrize(
    ("name", "head", "declared"),
    [
        ("IMG_1.HEIC", JPEG, "image/jpeg"),
        ("photo.jpg", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        ("photo.png", b"GIF89a\x01\0\x01\0", "image/gif"),
        ("photo.jpg", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        ("photo.jpg", b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
        ("photo.jpg", b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        ("scan", b"%PDF-1.7\n", "application/pdf"),
        ("scan.png", b"%PDF-1.7\n", "image/png"),
        ("report.docx", JPEG, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("no extension", JPEG, "image/jpeg"),
        ("a sound.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        ("film.mov", b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
        ("notes.txt", b"GIF89 is the name of a format.", "text/plain"),
        ("notes.txt", b"x", "text/plain"),
    ],
    ids=str,
)
def test_a_file_is_declared_as_its_first_bytes_show_and_else_by_its_name(
    page: Page, api: FakeApi, name: str, head: bytes, declared: str
) -> None:
    assert declare(page, api, name, head) == declared


def test_a_file_is_accepted_by_its_bytes_and_not_by_its_name(page: Page, api: FakeApi) -> None:
    api.kinds = [{"name": "image", "contentTypes": ["image/jpeg"], "minSize": 1, "maxSize": 1024}]
    assert declare(page, api, "IMG_1.HEIC", JPEG) == "image/jpeg"
