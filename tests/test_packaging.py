"""The packaging metadata: one version number, and locks with the hash of everything that a deployment runs or installs."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from functions import __version__

ROOT = Path(__file__).parents[1]
FUNCTIONS = ROOT / "functions"
PINNED = re.compile(r"^([\w.-]+==[^\s;]+)", re.MULTILINE)
LOCKED = re.compile(r"^([\w.-]+==[^\s;]+)(?: ; [^\n]*)? \\\n    --hash=sha256:[0-9a-f]{64}", re.MULTILINE)


def test_version_and_dependencies_have_one_source() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert pyproject["project"]["dynamic"] == ["version", "dependencies"]
    assert pyproject["tool"]["setuptools"]["dynamic"] == {
        "version": {"attr": "functions.__version__"},
        "dependencies": {"file": ["functions/requirements.txt"]},
    }
    assert json.loads((ROOT / "clients/js/package.json").read_text())["version"] == __version__
    assert f"\n## [{__version__}] - " in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in FUNCTIONS.glob("**/requirements.txt")),
    ids=lambda path: path.name,
)
def test_lock_has_a_hash_for_every_pinned_requirement_and_names_no_registry(folder: Path) -> None:
    """After a change of requirements, `make lock` writes the locks again."""
    lock = (folder / "requirements.lock").read_text()
    files = {folder / "requirements.txt", FUNCTIONS / "requirements.txt"}
    pinned = [pin for file in files for pin in PINNED.findall(file.read_text())]
    assert len(pinned) > 0
    assert sorted(LOCKED.findall(lock)) == sorted(PINNED.findall(lock)) == sorted(pinned)
    assert "://" not in lock


def test_what_a_deployment_runs_is_locked_with_hashes() -> None:
    """After a change of infra/requirements.txt, `make lock` writes the lock again."""
    lock = (ROOT / "infra" / "requirements.lock").read_text()
    pinned = PINNED.findall((ROOT / "infra" / "requirements.txt").read_text())
    assert len(pinned) > 0
    assert set(pinned) <= set(LOCKED.findall(lock))
    assert sorted(LOCKED.findall(lock)) == sorted(PINNED.findall(lock))
    assert "://" not in lock


@pytest.mark.parametrize(
    "folder", ["clients/js", "infra/cli", "tests/journeys/applications", "tools/docs_site"]
)
def test_each_package_of_npm_has_a_hash(folder: str) -> None:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    installed = [package for path, package in packages.items() if path]
    assert len(installed) > 0
    assert all(package["integrity"].startswith("sha512-") for package in installed)


def test_the_makefile_installs_locked_packages_by_their_hashes() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert "$(PIP) --require-hashes -r infra/requirements.lock" in makefile
    assert makefile.count("$(NPM) ci ") == 3
    assert "npx --yes" not in makefile
