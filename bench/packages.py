"""The peers' packages, in build/: a Python environment of bench/requirements.txt, and npm's of bench/peers.

Made when first needed and again when what they are made of has changed; neither is in git.
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
# CommonJS inside packages asks for `require`, which a module does not have.
_REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'


class NotInstalledError(Exception):
    """A registry cannot be reached; the message is what the installer said."""


@cache
def python() -> Path:
    """An interpreter that has what the peers need. Raises NotInstalledError."""
    files = [Path(__file__).with_name("requirements.txt"), _ROOT / "functions" / "requirements.txt"]
    folder = _ROOT / "build" / "peers-python"
    interpreter, mark, made_of = folder / "bin" / "python", folder / "made-of", _digest(files)
    if not mark.exists() or mark.read_text() != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", folder)
        _run(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", files[0])
        mark.write_text(made_of)
    return interpreter


@cache
def node_modules() -> Path:
    """A folder with bench/peers and its packages, and with `handler.bundle.mjs`. Raises NotInstalledError."""
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
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise _not_installed(ran.stderr or ran.stdout)


def _not_installed(said: str) -> NotInstalledError:
    lines = said.strip().splitlines()
    return NotInstalledError(next((line for line in lines if "error" in line.lower()), lines[-1]))
