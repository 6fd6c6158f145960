"""The package's metadata and README."""

import tomllib
from importlib.metadata import version
from pathlib import Path

_FOLDER = Path(__file__).parents[1]


def test_the_installed_packages_are_the_pinned_versions() -> None:
    dependencies = tomllib.loads((_FOLDER / "pyproject.toml").read_text())["project"]["dependencies"]
    pins = [pin.split("==") for pin in dependencies if "==" in pin]
    assert {name: version(name.partition("[")[0]) for name, _ in pins} == dict(pins)


def test_the_readme_names_the_pinned_moto() -> None:
    assert f"moto](https://github.com/getmoto/moto) {version('moto')} " in (_FOLDER / "README.md").read_text()
