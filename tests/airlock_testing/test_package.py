"""The metadata of the package: what it installs is what Airlock is tested with."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from functions import __version__

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "clients" / "testing" / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;#]+)", re.MULTILINE)


def read_pins(*files: str) -> dict[str, str]:
    return {name: version for file in files for name, version in PIN.findall((ROOT / file).read_text())}


def extra_pins(extra: str) -> dict[str, str]:
    pins = dict(PIN.findall("\n".join(EXTRAS[extra])))
    assert len(pins) == len(EXTRAS[extra]), "each requirement is one exact version"
    return pins


def test_the_service_runs_with_the_versions_of_the_functions_and_of_the_tests() -> None:
    strict_s3 = (ROOT / "tools" / "strict_s3" / "pyproject.toml").read_text()
    tested = read_pins("functions/requirements.txt", "requirements.txt")
    tested |= dict(re.findall(r'"([\w.-]+)==([^"]+)"', strict_s3))
    pins = extra_pins("service")
    assert pins == {name: tested[name] for name in pins}


@pytest.mark.parametrize("step", ["image", "table"])
def test_a_step_runs_with_the_versions_of_its_worker(step: str) -> None:
    assert extra_pins(step) == read_pins(f"functions/features/{step}/requirements.txt")


def test_the_version_is_that_of_airlock() -> None:
    path = ROOT / "clients" / "testing" / PYPROJECT["tool"]["hatch"]["version"]["path"]
    assert path.resolve() == ROOT / "functions" / "__init__.py"


def test_a_wheel_from_the_source_archive_has_what_the_service_runs(tmp_path: Path) -> None:
    build(ROOT / "clients" / "testing", "sdist", tmp_path)
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    build(tmp_path / f"airlock_testing-{__version__}", "wheel", tmp_path)
    with zipfile.ZipFile(tmp_path / f"airlock_testing-{__version__}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
    vendored = "airlock_testing/vendored"
    assert {
        "airlock_testing/LICENSE",
        f"{vendored}/functions/kinds.toml",
        f"{vendored}/strict_s3/__init__.py",
    } <= names
    assert not any("__pycache__" in name for name in names)


def build(project: Path, target: str, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


def test_the_plugin_imports_nothing_of_the_service() -> None:
    """Every run of pytest imports the plugin, also of a project that has it installed and does not use it."""
    source = ROOT / "clients" / "testing" / "src"
    code = "import sys, airlock_testing.plugin; print({'moto', 'boto3', 'functions'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "set()"
