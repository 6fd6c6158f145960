"""The example project: an app with its own tests, which the plugin serves as it serves those of other teams."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_example_passes_its_own_tests() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "airlock_testing.plugin", "-p", "no:cacheprovider"],
        cwd=ROOT / "examples" / "app-tests",
        env=os.environ | {"PYTHONPATH": str(ROOT / "clients" / "testing" / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, "20 passed" in result.stdout) == (0, True), result.stdout[-3_000:]
