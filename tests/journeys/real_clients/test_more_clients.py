"""HTTP clients and upload widgets that `make clients` installs, each used as its own documentation says, upload until `ready`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.engines.chromium import ChromiumTab, start_chromium
from tests.journeys.npm import NODE, build_uppy, install_packages
from tests.journeys.real_clients.scripts import FOLDER, run_script

_WIDGETS = ("filepond", "dropzone", "uppy-5", "uppy-6")
_UPLOAD = """async ({ access, code }) => {
  const { uploadFile } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  return uploadFile(access, document.querySelector("#file").files[0]);
}"""


@pytest.fixture(scope="module")
def packages() -> Path:
    """Returns the folder of the npm packages, with the scripts of Node and a bundle of each widget."""
    scripts = sorted([*FOLDER.glob("node/*"), *FOLDER.glob("browser/*")])
    lock = [FOLDER / "package.json", FOLDER / "package-lock.json"]
    bundles = [
        [f"{name}.js", "--bundle", "--format=esm", f"--outfile={name}.bundle.mjs"] for name in _WIDGETS
    ]
    return install_packages("clients-node", [*lock, *scripts, build_uppy() / "uppy.mjs"], *bundles)


@pytest.fixture(scope="module")
def chromium() -> Iterator[ChromiumTab]:
    with start_chromium() as tab:
        yield tab


def test_aiohttp(stack: LocalStack, report: Path, python: Path) -> None:
    assert run_script(stack, report, python, FOLDER / "python/with_aiohttp.py") == "ready"


def test_wget(stack: LocalStack, report: Path, python: Path) -> None:
    assert run_script(stack, report, python, FOLDER / "python/with_commands.py", "wget") == "ready"


@pytest.mark.parametrize("client", ["axios", "undici", "got"])
def test_clients_of_node(stack: LocalStack, report: Path, packages: Path, client: str) -> None:
    assert run_script(stack, report, NODE, packages / f"{client}.mjs") == "ready"


@pytest.mark.parametrize("widget", _WIDGETS)
def test_widgets(
    stack: LocalStack, ada: ApiClient, report: Path, packages: Path, chromium: ChromiumTab, widget: str
) -> None:
    chromium.open(f"{stack.web}/airlock/index.js")  # a page of this origin without a policy
    chromium.run("() => { document.body.innerHTML = '<input type=file id=file>'; }")
    chromium.choose_file("#file", report)

    access = {"api": stack.api, "token": stack.users[0].access_token}
    code = (packages / f"{widget}.bundle.mjs").read_text()
    document_id = chromium.run(_UPLOAD, {"access": access, "code": code})

    assert ada.wait_until_processed(document_id)["status"] == "ready"
