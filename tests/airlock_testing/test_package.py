"""The metadata of the package: what it installs is what Airlock is tested with."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

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


def test_the_wheel_has_the_version_of_airlock_and_its_packages() -> None:
    hatch = PYPROJECT["tool"]["hatch"]
    assert (
        ROOT / "clients" / "testing" / hatch["version"]["path"]
    ).resolve() == ROOT / "functions" / "__init__.py"
    included = hatch["build"]["targets"]["wheel"]["force-include"]
    sources = [(ROOT / "clients" / "testing" / path).resolve() for path in included]
    assert sources == [
        ROOT / "LICENSE",
        ROOT / "functions",
        ROOT / "tools" / "strict_s3" / "src" / "strict_s3",
    ]
    assert all(path.exists() for path in sources)


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
