"""The example page and its client in Firefox and WebKit: uploads, resume, hashing worker, download and video."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.engines.example_page import ExamplePage
from tests.journeys.engines.films import WIDTH, write_webm
from tests.journeys.engines.marks import in_other_engines
from tests.journeys.engines.tab import Tab
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import MIB
from tests.journeys.storage import Storage
from tests.journeys.wait import wait_until

pytestmark = in_other_engines

_SECONDS = 15
_WITHHOLD_PART = """(partNumber) => {
  const { open, send } = XMLHttpRequest.prototype;
  const withheld = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, url) {
    if (new URL(url).searchParams.get("partNumber") === String(partNumber)) withheld.add(this);
    open.call(this, method, url);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (!withheld.has(this)) send.call(this, body);
  };
}"""
_LIST_SENT_PARTS = """() => performance.getEntriesByType("resource")
  .map(({ name }) => new URL(name).searchParams.get("partNumber"))
  .filter((partNumber) => partNumber !== null)"""
_HASH = """async () => {
  let hashedOnPage = 0;
  const { digest } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.digest = function (name, data) {
    hashedOnPage += data.byteLength;
    return digest.call(this, name, data);
  };
  const { Hasher } = await import("/airlock/hasher.js");
  const hasher = new Hasher();
  const sha256 = await hasher.digest(new Blob(["airlock"]));
  hasher.close();
  SubtleCrypto.prototype.digest = digest;
  return { sha256, hashedOnPage };
}"""


@pytest.fixture
def page(tab: Tab, stack: LocalStack) -> Iterator[ExamplePage]:
    """Yields the page for a user who has signed in, and signs out afterwards, for the next test with this tab."""
    page = ExamplePage.open(tab, stack.web, stack.users[0].name)
    yield page
    page.press("Sign out")


@pytest.fixture
def film(tmp_path: Path, storage: Storage) -> Iterator[Path]:
    """Yields a file that is sent in parts, and removes its bytes from the local S3 afterwards."""
    path = tmp_path / f"film-{os.urandom(4).hex()}.mp4"
    path.write_bytes(mp4(65 * MIB))
    yield path
    storage.remove_large_objects()


@pytest.fixture(scope="module")
def webm(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("films") / "film.webm"
    write_webm(path, _SECONDS)
    return path.read_bytes()


def _find_document(client: ApiClient, name: str) -> dict[str, Any]:
    documents = client.request_patiently("GET", "/documents").json()["documents"]
    [document] = [document for document in documents if document["fileName"] == name]
    return dict(document)


def _has_all_but_one_part(client: ApiClient, name: str) -> bool:
    path = f"/documents/{_find_document(client, name)['id']}/parts"
    progress = client.request_patiently("GET", path).json()
    return bool(len(progress["uploaded"]) == progress["partCount"] - 1)


def test_a_file_is_uploaded_and_downloaded_unchanged(page: ExamplePage, tmp_path: Path) -> None:
    photo = tmp_path / f"photo-{os.urandom(4).hex()}.png"
    photo.write_bytes(png(64, 64))

    page.choose_file(photo)
    page.expect_upload(photo.name, "ready")
    page.expect_document(photo.name, "ready")
    page.press(f"Download {photo.name}")

    downloaded = page.tab.downloads / photo.name
    wait_until(lambda: downloaded.is_file() and downloaded.stat().st_size > 0, "the file is downloaded")
    assert downloaded.read_bytes() == photo.read_bytes()


def test_a_page_that_is_opened_again_sends_only_the_part_that_is_missing(
    page: ExamplePage, film: Path, stack: LocalStack, ada: ApiClient
) -> None:
    page.tab.run(_WITHHOLD_PART, 2)
    page.choose_file(film)
    page.expect_upload(film.name, "uploading")
    wait_until(lambda: _has_all_but_one_part(ada, film.name), "all parts but one have arrived")
    page.tab.open(stack.web)
    page.expect_upload(film.name, "resumable")

    page.choose_again(film)
    page.expect_upload(film.name, "ready")

    assert page.tab.run(_LIST_SENT_PARTS) == ["2"]
    assert _find_document(ada, film.name)["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()


def test_the_page_hashes_in_a_worker(page: ExamplePage) -> None:
    assert page.tab.run(_HASH) == {"sha256": hashlib.sha256(b"airlock").hexdigest(), "hashedOnPage": 0}


def test_a_video_is_searched(page: ExamplePage, webm: bytes, tmp_path: Path) -> None:
    video = tmp_path / f"video-{os.urandom(4).hex()}.webm"
    video.write_bytes(webm)
    page.choose_file(video)
    page.expect_document(video.name, "ready")
    page.press(video.name)

    video_state = page.seek(_SECONDS - 2)

    assert video_state["width"] == WIDTH
    assert video_state["time"] == pytest.approx(_SECONDS - 2, abs=1)
    assert video_state["seekableEnd"] == pytest.approx(_SECONDS, abs=1)
    page.press("Close")
