"""The hashing worker of the upload client: as modules, in a production build of Vite, and with Trusted Types."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.built_applications import build_with_vite
from tests.journeys.fake_api import start_fake_api
from tests.journeys.origins import CLIENT, start_page

pytestmark = needs_chromium

_MIB = 1024**2
_REQUIRED = "require-trusted-types-for 'script'"
_MAIN = """
import { Airlock } from "./airlock/index.js";
import { Hasher } from "./airlock/hasher.js";
window.Airlock = Airlock;
window.Hasher = Hasher;
"""
_COUNT_HASHED_BYTES = """() => {
  window.hashedBytes = 0;
  const { digest } = crypto.subtle;
  crypto.subtle.digest = (name, data) => {
    window.hashedBytes += data.byteLength;
    return digest.call(crypto.subtle, name, data);
  };
}"""
_HASH = """async () => {
  window.Hasher ??= (await import("/airlock/hasher.js")).Hasher;
  return new window.Hasher().digest(new Blob(["airlock"]));
}"""
_UPLOAD = """async ({ endpoint, size }) => {
  const airlock = new window.Airlock({ endpoint, getToken: async () => "good" });
  const file = new File([new Uint8Array(size)], "film.mp4");
  return (await airlock.upload(file, { checksum: "always" })).status;
}"""


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the folder of a page that was built with Vite from a copy of the client."""
    source, output = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("build")
    shutil.copytree(CLIENT, source / "airlock")
    (source / "main.js").write_text(_MAIN)
    (source / "index.html").write_text('<!doctype html><p><script type="module" src="/main.js"></script>')
    build_with_vite(source, output, "/airlock/")
    return output


@contextmanager
def _open_page(browser: Browser, folder: Path, policy: str, path: str) -> Iterator[Page]:
    with start_page(folder, policy) as origin:
        context = new_context(browser, base_url=origin)
        page = context.new_page()
        page.goto(path)
        page.evaluate(_COUNT_HASHED_BYTES)
        yield page
        context.close()


def _hash(page: Page) -> bool:
    """Hashes a few bytes. Returns true when the page did so on its own thread."""
    assert page.evaluate(_HASH) == hashlib.sha256(b"airlock").hexdigest()
    hashed: int = page.evaluate("window.hashedBytes")
    return hashed > 0


def test_a_page_that_vite_has_built_hashes_in_a_worker(browser: Browser, build: Path) -> None:
    with _open_page(browser, build, "", "/airlock/index.html") as page, start_fake_api() as api:
        workers: list[str] = []
        page.on("worker", lambda worker: workers.append(worker.url))

        assert page.evaluate(_UPLOAD, {"endpoint": api.url, "size": 65 * _MIB}) == "ready"

        assert page.evaluate("window.hashedBytes") < _MIB  # the fingerprint of the file
        assert workers
        assert all(url.startswith(f"{page.url.rpartition('/')[0]}/assets/sha256-worker") for url in workers)


@pytest.mark.parametrize(
    ("policy", "is_on_the_page"),
    [
        ("", False),
        (_REQUIRED, False),
        (f"{_REQUIRED}; trusted-types airlock-worker", False),
        ("trusted-types other", False),
        (f"{_REQUIRED}; trusted-types other", True),
    ],
)
def test_the_worker_starts_where_trusted_types_allow_it(
    browser: Browser, policy: str, is_on_the_page: bool
) -> None:
    with _open_page(browser, CLIENT, policy, "/") as page:
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))

        assert _hash(page) is is_on_the_page
        violations = [text for text in messages if "Policy" in text]
        assert bool(violations) is ("other" in policy)


@pytest.mark.parametrize("has_default_policy", [True, False])
def test_a_built_page_with_trusted_types_needs_a_default_policy(
    browser: Browser, build: Path, has_default_policy: bool
) -> None:
    with _open_page(browser, build, _REQUIRED, "/airlock/index.html") as page:
        if has_default_policy:
            page.evaluate("() => trustedTypes.createPolicy('default', { createScriptURL: (url) => url })")

        assert _hash(page) is not has_default_policy
