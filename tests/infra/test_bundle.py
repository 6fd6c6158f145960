"""The .pyc of a bundle: the runtime takes them as they are, although a zip keeps no time to check them against."""

import marshal
import os
import re
import subprocess
import sys
from pathlib import Path
from types import CodeType

import pytest

from infra.bundle import NEVER_IMPORTED, compile_all

SOURCE = "def crash():\n    raise RuntimeError\n"
ROOT = Path(__file__).parents[2]
FUNCTIONS = sorted(path.stem for path in ROOT.glob("functions/lambdas/*.py"))
_HEADER = 16
_UNCHECKED = (1).to_bytes(4, "little")
"""The flags of PEP 552: by hash, and nobody looks at the source."""


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


def test_no_time_of_a_source_is_in_a_pyc_so_a_zip_may_lose_it(compiled: Path) -> None:
    assert pyc(compiled)[4:8] == _UNCHECKED
    source = compiled / "package" / "__init__.py"
    source.write_text("raise RuntimeError('compiled again')\n")
    os.utime(source, (0, 0))
    command = [sys.executable, "-B", "-c", "import package; print(package.crash)"]
    ran = subprocess.run(command, cwd=compiled, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_traceback_names_the_file_as_lambda_has_it(compiled: Path) -> None:
    code = marshal.loads(pyc(compiled)[_HEADER:])
    assert isinstance(code, CodeType)
    assert code.co_filename == "/var/task/package/__init__.py"


def test_whatever_a_function_imports_is_compiled() -> None:
    imports = "; ".join(f"import functions.lambdas.{name}" for name in FUNCTIONS if name != "__init__")
    code = f"{imports}; import sys; print(*(getattr(m, '__file__', '') for m in [*sys.modules.values()]))"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    files = ran.stdout.split()
    assert len(files) > 300
    assert [file for file in files if re.search(NEVER_IMPORTED, file)] == []
