"""A checkout of the repository in another folder, as a newcomer has it after the first installation."""

import shutil
import subprocess
from pathlib import Path

from local.aws import ROOT

_STAMPS = ("demo", "develop")


def copy_checkout(folder: Path) -> Path:
    """Copies the files that git tracks, without the tests, and links what is installed in .venv. Returns the folder."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in names:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    _link_environment(folder / ".venv")
    return folder


def _link_environment(target: Path) -> None:
    """make installs again what is older than the files that name it, so the stamps are new."""
    target.mkdir()
    for path in (ROOT / ".venv").resolve().iterdir():
        if path.name not in _STAMPS:
            (target / path.name).symlink_to(path)
    for name in _STAMPS:
        (target / name).touch()
