"""One zip for all functions: the `functions` package at its root, and what functions/requirements.lock names beside it.

The wheels are for Lambda's platform whatever this machine is, and pip alone fetches and verifies them: no docker.
"""

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64

_VERSION = RUNTIME.name.removeprefix("python")
_ROOT = Path(__file__).parent.parent
_SOURCE = _ROOT / "functions"
NEVER_IMPORTED = (
    r"pydantic/(v1|mypy)|aws_lambda_powertools/utilities/(?!(data_classes|jmespath_utils|typing|__init__)\b)"
)
"""Where a third of the .pyc would be, for nothing."""
_WASTE = ("__pycache__", "*.pyc")
# Newer wheels carry only the 2_28 tag, older ones only 2014; the runtime's glibc is newer than both.
_PIP = (
    *("--platform", "manylinux2014_aarch64", "--platform", "manylinux_2_28_aarch64"),
    *("--implementation", "cp", "--python-version", _VERSION, "--only-binary=:all:"),
    *("--require-hashes", "--no-compile", "--disable-pip-version-check", "--quiet"),
)


def bundle(stack: cdk.Stack) -> lambda_.Code:
    """The code of every function. Where context skips bundling (`aws:cdk:bundling-stacks`), the package alone.

    CDK's own way to skip would hand out the whole repository unstaged, so that case does without bundling options.
    """
    only_functions = ["/*", "!/functions", *_WASTE]
    if not stack.bundling_required:
        return lambda_.Code.from_asset(str(_ROOT), exclude=only_functions, ignore_mode=cdk.IgnoreMode.GIT)
    interpreter = _interpreter()
    return lambda_.Code.from_asset(
        str(_SOURCE),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        asset_hash=_hash(compiled=interpreter is not None),
        bundling=cdk.BundlingOptions(image=RUNTIME.bundling_image, local=_Bundling(interpreter)),
    )


def _hash(*, compiled: bool) -> str:
    """Of all that decides the bundle's content; CDK reuses a bundle in its output folder by this name."""
    digest = sha256(repr((_PIP, compiled)).encode())
    for path in sorted(p for p in _SOURCE.rglob("*") if p.is_file()):
        if path.suffix != ".pyc":
            digest.update(repr((path.relative_to(_SOURCE).as_posix(), path.read_bytes())).encode())
    return digest.hexdigest()


def _interpreter() -> str | None:
    """A Python of the runtime's own version: .pyc of another are ignored. None when this machine has none.

    With .pyc a cold start imports in less than half the time; without them the bundle works all the same.
    """
    if f"{sys.version_info.major}.{sys.version_info.minor}" == _VERSION:
        return sys.executable
    found = shutil.which(f"python{_VERSION}")
    works = found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603
    return found if works else None


@jsii.implements(cdk.ILocalBundling)
class _Bundling:
    def __init__(self, interpreter: str | None) -> None:
        self._interpreter = interpreter

    def try_bundle(self, output_dir: str, *, image: cdk.DockerImage, **_: object) -> bool:  # noqa: ARG002
        """Called by CDK when it has no bundle of this hash yet. True: no docker needed."""
        lock = str(_SOURCE / "requirements.lock")
        _run(sys.executable, "-m", "pip", "install", "--target", output_dir, *_PIP, "-r", lock)
        shutil.rmtree(Path(output_dir) / "bin", ignore_errors=True)  # scripts that name this machine's Python
        shutil.copytree(_SOURCE, Path(output_dir) / "functions", ignore=shutil.ignore_patterns(*_WASTE))
        if self._interpreter:
            compile_all(self._interpreter, output_dir)
        else:
            message = f"No python{_VERSION} here: the bundle has no .pyc, and functions take twice as long to start."
            print(message, file=sys.stderr)  # noqa: T201 - for whoever deploys
        return True


def compile_all(interpreter: str, directory: str) -> None:
    """Write the .pyc of a bundle, but for what no function imports.

    Unchecked hashes, because a zip keeps no time that .pyc could be checked against; paths as in Lambda.
    """
    where = ("-s", directory, "-p", "/var/task")
    _run(
        interpreter,
        "-m",
        "compileall",
        "-q",
        "-x",
        NEVER_IMPORTED,
        "--invalidation-mode",
        "unchecked-hash",
        *where,
        directory,
    )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - our own words, and no shell
