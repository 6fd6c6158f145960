"""The package's metadata and README."""

import tomllib
from importlib.metadata import version
from pathlib import Path

from ministack_gaps import gaps

_FOLDER = Path(__file__).parents[1]


def test_the_installed_ministack_and_awscrt_are_the_pinned_versions() -> None:
    project = tomllib.loads((_FOLDER / "pyproject.toml").read_text())["project"]
    installed = {f"{name}=={version(name)}" for name in ("awscrt", "ministack")}
    assert set(project["dependencies"]) == installed


def test_every_gap_has_a_section_in_the_readme() -> None:
    readme = (_FOLDER / "README.md").read_text()
    headings = [line for line in readme.splitlines() if line.startswith("#")]
    names = [gap.__name__.rpartition(".")[2] for gap in gaps._GAPS]
    assert [name for name in names if not any(f"(`{name}`)" in heading for heading in headings)] == []
