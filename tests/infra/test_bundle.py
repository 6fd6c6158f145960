"""The bundle: its content without bundling, its pins, and its .pyc."""

import importlib
import importlib.metadata
import json
import marshal
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from infra.bundle import NEVER_IMPORTED, SERVICES, compile_all, copy_package, hash_content, remove_data
from tests.infra.conftest import KINDS_FILE, Variant
from tests.infra.template import Synthesis

SOURCE = "def crash():\n    raise RuntimeError\n"
ROOT = Path(__file__).parents[2]
SHIPPED_KINDS = ROOT / "functions" / "kinds.toml"
FUNCTIONS = sorted(path.stem for path in ROOT.glob("functions/lambdas/*.py"))
_HEADER = 16
_UNCHECKED = (1).to_bytes(4, "little")
"""The flags of PEP 552 for a hash that is not validated against the source."""


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text(SOURCE)
    compile_all(sys.executable, str(tmp_path))
    return tmp_path


def pyc(bundle: Path) -> bytes:
    [file] = bundle.glob("package/__pycache__/*.pyc")
    return file.read_bytes()


def test_a_pyc_is_valid_whatever_the_time_of_its_source(compiled: Path) -> None:
    assert pyc(compiled)[4:8] == _UNCHECKED
    source = compiled / "package" / "__init__.py"
    source.write_text("raise RuntimeError('compiled again')\n")
    os.utime(source, (0, 0))
    command = [sys.executable, "-B", "-c", "import package; print(package.crash)"]
    ran = subprocess.run(command, cwd=compiled, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_traceback_shows_the_path_in_lambda(compiled: Path) -> None:
    code = marshal.loads(pyc(compiled)[_HEADER:])
    assert isinstance(code, CodeType)
    assert code.co_filename == "/var/task/package/__init__.py"


def test_every_module_that_a_function_imports_is_compiled() -> None:
    imports = "; ".join(f"import functions.lambdas.{name}" for name in FUNCTIONS if name != "__init__")
    code = f"{imports}; import sys; print(*(getattr(m, '__file__', '') for m in [*sys.modules.values()]))"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    files = ran.stdout.split()
    assert len(files) > 300
    assert [file for file in files if re.search(NEVER_IMPORTED, file)] == []


def test_all_functions_share_one_asset(stack: Synthesis) -> None:
    keys = {function["Code"]["S3Key"] for function in stack.all("AWS::Lambda::Function").values()}
    assert len(keys) == len(stack.assets()) == 1


def content(root: Path, package: Path) -> dict[str, bytes]:
    """Returns path below `root` -> bytes of each file of a package, without its .pyc."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def staged_content(synthesis: Synthesis) -> dict[str, bytes]:
    (asset,) = synthesis.assets()
    root = synthesis.outdir / asset["path"]
    return content(root, root)


def test_without_bundling_the_asset_is_the_package_alone(stack: Synthesis) -> None:
    assert staged_content(stack) == content(ROOT, ROOT / "functions")


def test_the_kinds_file_of_the_deployment_replaces_that_of_the_package(
    stack: Synthesis, with_step: Synthesis
) -> None:
    changed = staged_content(stack) | {"functions/kinds.toml": (ROOT / KINDS_FILE).read_bytes()}
    assert staged_content(with_step) == changed
    assert with_step.assets() != stack.assets()


@pytest.fixture
def kinds_file(tmp_path: Path) -> Path:
    """A copy of the kinds file of the package, at another path."""
    return Path(shutil.copyfile(SHIPPED_KINDS, tmp_path / "my-kinds.toml"))


def test_without_bundling_the_asset_depends_on_the_content_of_the_kinds_file_and_not_on_its_path(
    stack: Synthesis, variant: Variant, kinds_file: Path
) -> None:
    assert variant(kindsFile=str(kinds_file)).assets() == stack.assets()
    kinds_file.write_text(kinds_file.read_text() + "# another\n")
    assert variant(kindsFile=str(kinds_file)).assets() != stack.assets()


def test_the_hash_of_the_bundle_depends_on_the_content_of_the_kinds_file_and_not_on_its_path(
    kinds_file: Path,
) -> None:
    shipped = hash_content({"kinds.toml": SHIPPED_KINDS}, compiled=True)
    assert hash_content({"kinds.toml": kinds_file}, compiled=True) == shipped
    assert hash_content({"kinds.toml": kinds_file}, compiled=False) != shipped
    kinds_file.write_text(kinds_file.read_text() + "# another\n")
    assert hash_content({"kinds.toml": kinds_file}, compiled=True) != shipped


def test_a_bundle_has_the_package_with_the_kinds_file(tmp_path: Path, kinds_file: Path) -> None:
    kinds_file.write_text("# mine\n")
    copy_package({"kinds.toml": kinds_file}, str(tmp_path / "bundle"))
    copied = content(tmp_path / "bundle", tmp_path / "bundle")
    assert copied == content(ROOT, ROOT / "functions") | {"functions/kinds.toml": b"# mine\n"}


def test_the_sentences_of_the_deployment_replace_those_of_the_package(
    stack: Synthesis, variant: Variant, tmp_path: Path
) -> None:
    own = tmp_path / "my-texts.toml"
    own.write_text('[de]\nmalware_found = "In Ihrer Datei ist ein Virus."\n')
    synthesis = variant(textsFile=str(own))
    assert staged_content(synthesis) == staged_content(stack) | {"functions/texts.toml": own.read_bytes()}


def test_every_bundled_requirement_is_pinned_and_boto3_is_one_of_them() -> None:
    lines = (ROOT / "functions" / "requirements.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    assert all(len(pin) == 2 for pin in pins)
    names = {name for name, *_ in pins}
    assert {"aws-lambda-powertools", "pydantic"} <= names
    assert {"boto3", "botocore"} <= names


CREATE_CLIENTS = """
import json, os
import boto3
from botocore.exceptions import UnknownServiceError
session = boto3.Session(region_name="eu-central-1")
made = {name: session.client(name) for name in json.loads(os.environ["SERVICES"])}
parameters = made["s3"].meta.service_model.operation_model("CopyObject").input_shape.members
print(boto3.__file__, "IfNoneMatch" in parameters)
try:
    session.client("ec2")
except UnknownServiceError:
    print("unknown")
"""


def test_the_bundle_has_the_models_of_the_services_in_use_and_they_suffice(tmp_path: Path) -> None:
    """The functions run with the boto3 of the bundle, whatever the runtime of Lambda has (D2)."""
    for name in ("boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath"):
        source = Path(importlib.import_module(name).__file__ or "").parent
        shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(importlib.import_module("six").__file__ or "", tmp_path / "six.py")
    before = size(tmp_path)
    remove_data(str(tmp_path))

    assert size(tmp_path) < before / 2
    run = subprocess.run(
        [sys.executable, "-S", "-c", CREATE_CLIENTS],
        env={"PYTHONPATH": str(tmp_path), "SERVICES": json.dumps(sorted(SERVICES))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [str(tmp_path / "boto3" / "__init__.py"), "True", "unknown"]


def size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def test_the_functions_call_these_services_with_boto3() -> None:
    called = {
        name
        for path in (ROOT / "functions").rglob("*.py")
        for name in re.findall(r'\.client\("([a-z0-9-]+)"', path.read_text("utf-8"))
    }
    assert called == SERVICES


def test_tests_run_with_the_boto3_of_the_bundle() -> None:
    pinned = (ROOT / "functions" / "requirements.txt").read_text()
    for name in ("boto3", "botocore"):
        assert f"\n{name}=={importlib.metadata.version(name)}\n" in pinned
