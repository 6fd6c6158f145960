"""Installs the packages of the peers into build/: those of bench/requirements.txt and the npm packages of bench/peers.

They are installed on first use, and again when their requirements change.
"""

import hashlib
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.journeys import npm

_ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).with_name("peers")
# Some packages are CommonJS and call `require`, which an ES module does not have.
_REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'


class NotInstalledError(Exception):
    """The packages cannot be installed. The message is that of the installer."""


@cache
def install_python() -> Path:
    """Returns a Python interpreter with the packages of the peers. Raises NotInstalledError."""
    files = [Path(__file__).with_name("requirements.txt"), _ROOT / "functions" / "requirements.txt"]
    return _install("peers-python", files)


@cache
def install_awscli() -> Path:
    """Returns a Python interpreter with the command line of AWS, which pins botocore. Raises NotInstalledError."""
    return _install("awscli", [Path(__file__).with_name("requirements-awscli.txt")])


@cache
def install_airlock() -> Path:
    """Returns the command `airlock`, installed from clients/python as its users do. Raises NotInstalledError."""
    source = _ROOT / "clients" / "python"
    files = [Path(__file__).with_name("requirements-airlock.txt"), source / "pyproject.toml"]
    files += sorted((source / "src").rglob("*.py"))
    return _install("airlock", files, f"{source}[cli]").with_name("airlock")


def _install(name: str, files: list[Path], *packages: str) -> Path:
    """Installs the packages with the first of the files. The others are what it includes and what the packages are built from."""
    folder = _ROOT / "build" / name
    interpreter, marker, digest = folder / "bin" / "python", folder / "requirements-digest", _digest(files)
    if not marker.exists() or marker.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", folder)
        options = ("--quiet", "--disable-pip-version-check", "-r", files[0])
        _run(interpreter, "-m", "pip", "install", *options, *packages)
        marker.write_text(digest)
    return interpreter


@cache
def install_node_modules() -> Path:
    """Returns a folder with bench/peers, its packages and `handler.bundle.mjs`. Raises NotInstalledError."""
    files = sorted([*PEERS.glob("*.mjs"), *PEERS.glob("*.json"), PEERS / ".npmrc"])
    options = ("--bundle", "--platform=node", "--format=esm", "--minify", f"--banner:js={_REQUIRE}")
    try:
        return npm.install_packages(
            "peers-node", files, ["handler.mjs", *options, "--outfile=handler.bundle.mjs"]
        )
    except npm.NpmError as error:
        raise _not_installed(str(error)) from error


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _run(*command: str | Path) -> None:
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if result.returncode:
        raise _not_installed(result.stderr or result.stdout)


def _not_installed(output: str) -> NotInstalledError:
    lines = output.strip().splitlines()
    return NotInstalledError(next((line for line in lines if "error" in line.lower()), lines[-1]))
