"""Applications that have installed the packed client as its users do, each built by its own tools in build/applications."""

import fcntl
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.journeys.npm import (
    BUILD,
    CLIENT,
    NPM,
    bundle,
    compute_digest,
    install_packages,
    pack_client,
    run_script,
)

SOURCES = Path(__file__).parent / "applications"
_PACKAGES = "node_modules"
_TSC, _VITE, _WEBPACK, _NEXT = (
    "typescript/bin/tsc",
    "vite/bin/vite.js",
    "webpack-cli/bin/cli.js",
    "next/dist/bin/next",
)
_BUILDS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "react": (
        (_TSC, "--project", "tsconfig.json"),
        (_VITE, "build"),
        (_VITE, "build", "--ssr", "src/server.tsx", "--outDir", "server"),
    ),
    "vue": ((_VITE, "build"),),
    "svelte": ((_VITE, "build"),),
    "webpack": ((_WEBPACK, "--mode", "production"),),
    "next": ((_NEXT, "build"),),
}
"""Commands of each application, as a script of a package and its arguments. Next.js checks the types itself."""


def install_client() -> Path:
    """Returns the folder with the packages of all applications and the packed client. Raises NpmError."""
    folder = _install_packages()
    client = [path for path in CLIENT.rglob("*") if path.is_file() and _PACKAGES not in path.parts]
    with (BUILD / "applications-client.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest, stamp = compute_digest(sorted(client), []), folder / "client-digest"
        if not stamp.exists() or stamp.read_text() != digest:
            tarball = pack_client(folder, folder / _PACKAGES / _TSC)
            options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
            run_script(folder, NPM, "install", *options, str(tarball))
            for name in _BUILDS:
                shutil.rmtree(folder / name, ignore_errors=True)
            stamp.write_text(digest)
    return folder


def build_application(name: str) -> Path:
    """Returns the folder of the built application `name`, a folder of `applications`. Raises NpmError."""
    packages = install_client()
    folder = packages / name
    sources = sorted(path for path in (SOURCES / name).rglob("*") if path.is_file())
    with (BUILD / f"application-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest, stamp = compute_digest(sources, []), folder / "digest"
        if not stamp.exists() or stamp.read_text() != digest:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(SOURCES / name, folder)
            for script, *arguments in _BUILDS[name]:
                run_script(folder, packages / _PACKAGES / script, *arguments)
            stamp.write_text(digest)
    return folder


def bundle_with_react(script: Path) -> bytes:
    """Returns a script that imports React and sources of the client, in one module with them. Raises NpmError."""
    packages = _install_packages() / _PACKAGES
    aliases = [f"--alias:{name}={packages / name}" for name in ("react", "react-dom")]
    return bundle(script, *aliases, '--define:process.env.NODE_ENV="production"')


def build_with_vite(source: Path, output: Path, base: str) -> None:
    """Writes the production build of a page, whose index.html is in `source`, for this base path. Raises NpmError."""
    vite = install_client() / _PACKAGES / _VITE
    run_script(source, vite, "build", "--outDir", str(output), "--base", base)


def _install_packages() -> Path:
    return install_packages("applications", sorted(path for path in SOURCES.iterdir() if path.is_file()))
