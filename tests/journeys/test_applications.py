"""The recipes of docs/client.md for React, Next.js, Vue and Svelte, and webpack: built by their own tools, and an upload through each."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from local.page import Page as PageServer
from local.stack import LocalStack
from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.built_applications import SOURCES, build_application
from tests.journeys.files import png
from tests.journeys.npm import NODE
from tests.journeys.wait import wait_until

STACK = "other_stack"
DOCS = Path(__file__).parents[2] / "docs/client.md"
RECIPES = (
    "react/src/photos.tsx",
    "next/app/page.tsx",
    "next/app/photos.tsx",
    "vue/src/Photos.vue",
    "svelte/src/Photos.svelte",
)


@contextmanager
def start_next(folder: Path, port: int, stack: LocalStack) -> Iterator[str]:
    """Yields the origin of the server of Next.js, which has the access token of a user."""
    next_ = folder.parent / "node_modules/next/dist/bin/next"
    access = {"AIRLOCK_API": stack.api, "AIRLOCK_TOKEN": stack.users[0].access_token}
    process = subprocess.Popen(
        [NODE, next_, "start", "--hostname", "127.0.0.1", "--port", str(port)],
        cwd=folder,
        env=os.environ | access | {"NEXT_TELEMETRY_DISABLED": "1"},
        stdout=subprocess.DEVNULL,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: responds(origin), "Next.js responds")
        yield origin
    finally:
        process.terminate()
        process.wait()


@contextmanager
def start_static(folder: Path, port: int, stack: LocalStack) -> Iterator[str]:
    """Yields the origin of a server of static files, which also serves the endpoint and the access token of a user."""
    server = PageServer(port, page=folder)
    try:
        with server.serve({"api": stack.api, "token": stack.users[0].access_token}):
            yield server.origin
    finally:
        server.close()


def responds(origin: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(origin).is_success
    return False


def upload_photo(page: Page, folder: Path) -> str:
    """Chooses a photo, waits until it is ready, and returns its name."""
    photo = folder / f"photo-{os.urandom(4).hex()}.png"
    photo.write_bytes(png())
    page.set_input_files("input[type=file]", photo)
    page.wait_for_selector('li[data-status="ready"]', timeout=60_000)
    return photo.name


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with new_context(browser) as context:
        yield context.new_page()


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_page_has_the_recipe_that_is_built(recipe: str) -> None:
    blocks = re.findall(r"^```\w+\n(.*?)^```$", DOCS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert (SOURCES / recipe).read_text("utf-8") in blocks


@needs_chromium
def test_next_renders_on_its_server_and_uploads_in_the_browser(
    page: Page, other_stack: LocalStack, application_port: int, tmp_path: Path
) -> None:
    with start_next(build_application("next"), application_port, other_stack) as origin:
        rendered = httpx.get(origin).text
        assert ">Choose photos</button>" in rendered
        assert other_stack.users[0].access_token not in rendered
        # The page can be used when its script has asked for the documents.
        with page.expect_response(re.compile("/documents")):
            page.goto(origin)
        name = upload_photo(page, tmp_path)
        page.wait_for_selector(f'ul[aria-label="Photos"] > li:has-text("{name}")')


@needs_chromium
@pytest.mark.parametrize(("name", "root"), [("vue", "dist"), ("svelte", "dist"), ("webpack", ".")])
def test_an_application_uploads(
    name: str, root: str, page: Page, other_stack: LocalStack, application_port: int, tmp_path: Path
) -> None:
    with start_static(build_application(name) / root, application_port, other_stack) as origin:
        page.goto(origin, wait_until="networkidle")
        upload_photo(page, tmp_path)
