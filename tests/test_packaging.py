"""The packaging metadata: one version number, and a lock of exactly what functions/requirements.txt names."""

import re
import tomllib
from pathlib import Path

from functions import __version__

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([\w.-]+==[^\s;]+)", re.MULTILINE)
LOCKED = re.compile(r"^([\w.-]+==[^\s;]+) \\\n    --hash=sha256:[0-9a-f]{64}", re.MULTILINE)


def test_version_and_dependencies_have_one_source() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert pyproject["project"]["dynamic"] == ["version", "dependencies"]
    assert pyproject["tool"]["setuptools"]["dynamic"] == {
        "version": {"attr": "functions.__version__"},
        "dependencies": {"file": ["functions/requirements.txt"]},
    }
    assert f"\n## [{__version__}] - " in (ROOT / "CHANGELOG.md").read_text()


def test_lock_has_a_hash_for_every_pinned_requirement_and_names_no_registry() -> None:
    """After a change of functions/requirements.txt, `make lock` writes the lock again."""
    lock = (ROOT / "functions" / "requirements.lock").read_text()
    pinned = PINNED.findall((ROOT / "functions" / "requirements.txt").read_text())
    assert len(pinned) > 0
    assert sorted(LOCKED.findall(lock)) == sorted(PINNED.findall(lock)) == sorted(pinned)
    assert "://" not in lock
