"""The wheel of clients/python: its version is that of the project, and it contains what its users need."""

import subprocess
import sys
import zipfile
from pathlib import Path

from functions import __version__

PACKAGE = Path(__file__).parents[2] / "clients" / "python"


def test_the_wheel_has_the_version_types_and_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=PACKAGE, check=True, capture_output=True)

    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = f"airlock_client-{__version__}.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode()
        scripts = archive.read(f"{info}/entry_points.txt").decode()

    assert f"\nVersion: {__version__}\n" in metadata
    assert "airlock = airlock_client.__main__:main" in scripts
    assert {"airlock_client/py.typed", "airlock_client/_sync/client.py"} <= set(names)
    assert {name.split("/")[0] for name in names} == {"airlock_client", info}


def test_the_library_needs_no_package_of_the_command_line() -> None:
    code = "import sys, airlock_client; sys.exit(bool({'typer', 'boto3', 'authlib'} & set(sys.modules)))"
    environment = {"PYTHONPATH": str(PACKAGE / "src")}

    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
