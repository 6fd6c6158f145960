"""The zips that are published for the functions."""

import zipfile
from io import BytesIO
from pathlib import Path

from local.deployment import zip_with_bytecode

_UNCHECKED_HASH = 0b01
"""Flags of a .pyc that Python loads without checking its source (PEP 552)."""


def test_a_published_module_has_bytecode_that_stays_valid_when_its_time_changes(
    tmp_path: Path,
) -> None:
    package = tmp_path / "functions"
    package.mkdir()
    (package / "module.py").write_text("x = 1")
    with zipfile.ZipFile(BytesIO(zip_with_bytecode(tmp_path))) as archive:
        [compiled] = [name for name in archive.namelist() if name.startswith("functions/__pycache__/module.")]
        flags = int.from_bytes(archive.read(compiled)[4:8], "little")
    assert flags == _UNCHECKED_HASH
