"""The one version of a release, `functions.__version__`, which pyproject.toml names as that of the project."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from functions import __version__


def find_version_faults(root: Path) -> list[str]:
    """Returns a sentence for each file with another version, and for a changelog without a section for it."""
    faults = [
        f"{name} has version {found}, and functions/__init__.py {__version__}"
        for name, found in read_versions(root).items()
        if found != __version__
    ]
    if f"\n## [{__version__}] - " not in (root / "CHANGELOG.md").read_text("utf-8"):
        faults.append(f"CHANGELOG.md has no section for version {__version__}")
    return faults


def read_versions(root: Path) -> Mapping[str, str]:
    """Returns the versions that files have by themselves. `airlock-testing` reads that of the functions."""
    return dict(_read_package(root)) | {"clients/python": _read_python(root)}


def _read_package(root: Path) -> Iterator[tuple[str, str]]:
    yield "clients/js/package.json", _read_json(root / "clients/js/package.json")["version"]
    yield "clients/js/package-lock.json", _read_json(root / "clients/js/package-lock.json")["version"]
    yield "functions/http/openapi.json", _read_json(root / "functions/http/openapi.json")["info"]["version"]


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _read_python(root: Path) -> str:
    source = (root / "clients/python/src/airlock_client/_version.py").read_text("utf-8")
    return source.rpartition('__version__ = "')[2].partition('"')[0]
