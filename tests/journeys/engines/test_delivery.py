"""The local CloudFront in browsers: a film, a PDF and a thumbnail, and what another origin may read."""

from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.engines.films import write_webm
from tests.journeys.engines.marks import in_every_engine
from tests.journeys.engines.tab import Tab
from tests.journeys.files import pdf, png
from tests.journeys.origins import start_page

STACK = "delivery_stack"
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_SEEK = """async ([url, seconds]) => {
  const wait = (target, event) => new Promise((resolve, reject) => {
    target.addEventListener(event, resolve, { once: true });
    target.addEventListener("error", () => reject(new Error(target.error?.message ?? event)), { once: true });
  });
  const video = document.body.appendChild(document.createElement("video"));
  video.src = url;
  await wait(video, "loadedmetadata");
  const seeked = wait(video, "seeked");
  video.currentTime = seconds;
  await seeked;
  return { time: video.currentTime, end: video.seekable.end(0) };
}"""
_SHOW = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image.naturalWidth;
}"""
_FETCH = """async (url) => {
  try {
    const response = await fetch(url, { headers: { range: "bytes=0-9" } });
    const text = new TextDecoder("latin1").decode(await response.arrayBuffer());
    return { status: response.status, range: response.headers.get("content-range"), start: text.slice(0, 5) };
  } catch (error) {
    return { error: error.name };
  }
}"""


@pytest.fixture
def open_page(tab: Tab, own_stack: LocalStack) -> None:
    """The tab shows a page whose origin may read documents."""
    tab.open(own_stack.web)


@in_every_engine
def test_a_film_seeks(tab: Tab, user: ApiClient, tmp_path: Path, open_page: None) -> None:
    write_webm(tmp_path / "film.webm", 30)
    document = user.upload((tmp_path / "film.webm").read_bytes(), "film.webm", "video/webm")
    url = user.get_download_url(document["id"], disposition="inline")
    state = tab.run(_SEEK, [url, 25])
    assert state["time"] == 25
    assert state["end"] >= 29


@in_every_engine
def test_a_thumbnail_is_an_image_of_another_origins_page(tab: Tab, user: ApiClient, open_page: None) -> None:
    document = user.upload(png(400, 300), "photo.png", "image/png")
    url = user.get_download_url(document["id"], rendition="thumbnail", disposition="inline")
    assert tab.run(_SHOW, url) == 128


@in_every_engine
def test_a_pdf_opens_inline(tab: Tab, user: ApiClient) -> None:
    document = user.upload(_PDF, "page.pdf", "application/pdf")
    before = _list_downloads(tab)
    tab.open(user.get_download_url(document["id"], disposition="inline"))
    assert _list_downloads(tab) == before


def _list_downloads(tab: Tab) -> set[Path]:
    """Returns the files of a folder that exists from the first download on."""
    return set(tab.downloads.iterdir()) if tab.downloads.is_dir() else set()


@in_every_engine
def test_a_page_of_an_allowed_origin_fetches_a_range_and_another_one_nothing(
    tab: Tab, user: ApiClient, own_stack: LocalStack
) -> None:
    document = user.upload(pdf(2_000), "report.pdf", "application/pdf")
    url = user.get_download_url(document["id"])
    tab.open(own_stack.web)
    assert tab.run(_FETCH, url) == {"status": 206, "range": "bytes 0-9/2000", "start": "%PDF-"}
    with start_page() as other:
        tab.open(other)
        assert tab.run(_FETCH, url) == {"error": "TypeError"}
