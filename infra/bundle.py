"""The bundle: one zip for all functions, with the package `functions` and what functions/requirements.lock lists.

The worker of a shipped step has a bundle of its own, with a lock of its own.

Files of the deployment replace functions/kinds.toml and functions/texts.toml.

pip downloads wheels for Lambda's platform on any machine, so docker is not needed.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as assets

RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64

_VERSION = RUNTIME.name.removeprefix("python")
_SOURCE = Path(__file__).parent.parent / "functions"
Files = Mapping[str, Path]
"""Name in the package `functions` -> file of the deployment."""
LOCK = "requirements.lock"
"""The lock of the packages that every function needs."""
WITHOUT_BUNDLING: Mapping[str, object] = {"aws:cdk:bundling-stacks": []}
"""CDK context that skips pip: the asset is then the `functions` package alone."""
NEVER_IMPORTED = (
    r"pydantic/(v1|mypy)|urllib3/contrib/emscripten|s3transfer/(crt|processpool)\b"
    r"|aws_lambda_powertools/utilities/(?!(data_classes|jmespath_utils|typing|__init__)\b)"
)
"""Pattern of modules that no function imports. Their .pyc would be a third of all."""
SERVICES = frozenset({"events", "guardduty", "kms", "s3", "sqs"})
"""Services that functions call with boto3. The models of all others, 20 MB, are left out of the bundle."""
_MODELS = ("botocore/data", "boto3/data")
"""Directories with one folder a service."""
_NEVER_READ = (
    "boto3/examples",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.min.*",
    "*.dist-info/RECORD",  # pip reads it to uninstall a package
)
"""Patterns of further data that no function reads."""
_WASTE = ("__pycache__", "*.pyc")
# Newer wheels have the tag 2_28 only, older ones 2014 only. The glibc of the runtime is newer than both.
_PIP = (
    *("--platform", "manylinux2014_aarch64", "--platform", "manylinux_2_28_aarch64"),
    *("--implementation", "cp", "--python-version", _VERSION, "--only-binary=:all:"),
    *("--require-hashes", "--no-compile", "--disable-pip-version-check", "--quiet"),
)


def bundle(stack: cdk.Stack, files: Files, lock: str = LOCK) -> lambda_.Code:
    """Returns the package with what a lock lists, relative to functions/; with `WITHOUT_BUNDLING`, the package alone.

    That case passes no bundling options, because CDK would then use the source directory as the asset.
    """
    if not stack.bundling_required:
        return _package_alone(stack, files)
    interpreter = _interpreter()
    return lambda_.Code.from_asset(
        str(_SOURCE),
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        asset_hash=hash_content(files, compiled=interpreter is not None, lock=lock),
        bundling=cdk.BundlingOptions(image=RUNTIME.bundling_image, local=_Bundling(files, interpreter, lock)),
    )


def _package_alone(stack: cdk.Stack, files: Files) -> lambda_.Code:
    """Copies the package to a directory of its own. CDK copies that one at once, and hashes its content."""
    with TemporaryDirectory() as directory:
        copy_package(files, directory)
        asset = assets.Asset(stack, "Code", path=directory)
    # The key names the content, so a change of the code is a change of the template.
    cdk.Annotations.of(stack).acknowledge_warning(
        "@aws-cdk/aws-lambda:codeFromBucketObjectVersionNotSpecified"
    )
    return lambda_.Code.from_bucket(asset.bucket, asset.s3_object_key)


def copy_package(files: Files, directory: str) -> None:
    """Copies the package `functions` into a directory, with these files."""
    package = Path(directory) / "functions"
    shutil.copytree(_SOURCE, package, ignore=shutil.ignore_patterns(*_WASTE))
    for name, file in files.items():
        shutil.copyfile(file, package / name)


def hash_content(files: Files, *, compiled: bool, lock: str = LOCK) -> str:
    """Returns a hash of everything that determines the content. CDK reuses a bundle in `outdir` that has this hash."""
    digest = sha256(repr((_PIP, sorted(SERVICES), _MODELS, _NEVER_READ, compiled, lock)).encode())
    for path in sorted(p for p in _SOURCE.rglob("*") if p.is_file()):
        if path.suffix != ".pyc":
            name = path.relative_to(_SOURCE).as_posix()
            digest.update(repr((name, files.get(name, path).read_bytes())).encode())
    return digest.hexdigest()


def _interpreter() -> str | None:
    """Returns a Python of the runtime's version, or None if this machine has none. Another version's .pyc are ignored.

    .pyc are optional. With them a cold start imports in less than half the time.
    """
    if f"{sys.version_info.major}.{sys.version_info.minor}" == _VERSION:
        return sys.executable
    found = shutil.which(f"python{_VERSION}")
    works = found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603
    return found if works else None


@jsii.implements(cdk.ILocalBundling)
class _Bundling:
    def __init__(self, files: Files, interpreter: str | None, lock: str) -> None:
        self._files = files
        self._interpreter = interpreter
        self._lock = str(_SOURCE / lock)

    def try_bundle(self, output_dir: str, *, image: cdk.DockerImage, **_: object) -> bool:  # noqa: ARG002
        """Creates the bundle; CDK calls this if it has no bundle of this hash. True: CDK does not run docker."""
        _run(sys.executable, "-m", "pip", "install", "--target", output_dir, *_PIP, "-r", self._lock)
        shutil.rmtree(Path(output_dir) / "bin", ignore_errors=True)  # scripts that name this machine's Python
        remove_data(output_dir)
        copy_package(self._files, output_dir)
        if self._interpreter:
            compile_all(self._interpreter, output_dir)
        else:
            message = (
                f"python{_VERSION} not found: the bundle has no .pyc, and cold starts take twice as long."
            )
            print(message, file=sys.stderr)  # noqa: T201 - progress of a command
        return True


def remove_data(directory: str) -> None:
    """Removes the models of services that no function calls, and other data that none reads."""
    models = [path for name in _MODELS for path in Path(directory, name).iterdir() if path.is_dir()]
    unused = [path for path in models if path.name not in SERVICES]
    for path in (*unused, *(found for pattern in _NEVER_READ for found in Path(directory).glob(pattern))):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def compile_all(interpreter: str, directory: str) -> None:
    """Writes the .pyc of a bundle, except for `NEVER_IMPORTED`. Paths in them are those in Lambda.

    Their hashes are unchecked (PEP 552), because a zip does not keep the times that .pyc are validated by.
    """
    paths = ("-s", directory, "-p", "/var/task")
    _run(
        interpreter,
        "-m",
        "compileall",
        "-q",
        "-x",
        NEVER_IMPORTED,
        "--invalidation-mode",
        "unchecked-hash",
        *paths,
        directory,
    )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - constant arguments, no shell
