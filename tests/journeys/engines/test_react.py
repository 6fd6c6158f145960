"""An application with React that has installed the packed client: its types, its render on a server, and uploads in every engine."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.journeys.built_applications import build_application, install_client
from tests.journeys.engines.marks import in_every_engine
from tests.journeys.engines.tab import Tab
from tests.journeys.files import png
from tests.journeys.npm import NODE
from tests.journeys.wait import wait_until

_START = """async ({ access, code }) => {
  window.access = access;
  document.body.innerHTML = '<div id="root"></div>';
  await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
}"""
_HAS_INPUT = "() => document.querySelector('input[type=file]') !== null"
_READ = """() => ({
  state: document.querySelector(".airlock-uploads li")?.dataset.status ?? null,
  photos: [...document.querySelectorAll('ul[aria-label="Photos"] > li')].map((one) => one.innerText),
})"""
_PRESS = """(name) => document.querySelector(`button[aria-label="${name}"]`).click()"""


@pytest.fixture(scope="module")
def application() -> Path:
    return build_application("react")


def test_the_package_has_types_and_no_file_that_users_do_not_need() -> None:
    """The application is checked with `tsc --strict`, so that a missing type would fail its build."""
    package = install_client() / "node_modules/airlock-uploads"
    described = json.loads((package / "package.json").read_text())
    targets = [
        path
        for each in described["exports"].values()
        for path in ([each] if isinstance(each, str) else each.values())
    ]
    assert all((package / target).is_file() for target in targets)
    assert {path.name for path in package.iterdir()} == {
        "package.json",
        "LICENSE",
        "README.md",
        "src",
        "types",
    }


def test_a_server_renders_the_components(application: Path) -> None:
    command = [NODE, application / "server/server.js"]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert ">Choose photos</button>" in rendered
    assert 'aria-label="Photos"' in rendered


@in_every_engine
def test_a_photo_is_uploaded_until_it_is_ready(
    tab: Tab, application: Path, stack: LocalStack, tmp_path: Path
) -> None:
    photo = tmp_path / f"photo-{os.urandom(4).hex()}.png"
    photo.write_bytes(png())
    tab.open(f"{stack.web}/airlock/index.js")
    access = {"endpoint": stack.api, "token": stack.users[0].access_token}
    tab.run(_START, {"access": access, "code": (application / "dist/index.js").read_text("utf-8")})

    wait_until(lambda: tab.run(_HAS_INPUT), "React has rendered the page")
    tab.choose_file("input[type=file]", photo)
    wait_until(lambda: tab.run(_READ)["state"] == "ready", "the photo is ready")
    wait_until(lambda: photo.name in tab.run(_READ)["photos"], "the list has been read again")
    tab.run(_PRESS, f"Dismiss {photo.name}")

    wait_until(lambda: tab.run(_READ)["state"] is None, "the row is gone")
