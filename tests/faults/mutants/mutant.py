"""One mutant, and the run of its tests on a copy of the project that has it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Mutant:
    """`module` is a path below `functions`. `killed_by` are paths below `tests`, of which one test must fail."""

    name: str
    module: str
    old: str
    new: str
    killed_by: tuple[str, ...]


def apply_mutant(mutant: Mutant, source: str) -> str:
    """Returns the source with the mutant in it. Fails unless its text occurs exactly once."""
    count = source.count(mutant.old)
    assert count == 1, f"{mutant.name!r}: {mutant.old!r} occurs {count} times in {mutant.module}"
    return source.replace(mutant.old, mutant.new)


def copy_project(target: Path, mutant: Mutant | None = None) -> Path:
    """Copies what the tests need to `target`, with the mutant in it. Returns `target`."""
    for name in ("docs", "functions", "operate", "tests", "tools"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, target)
    if mutant is not None:
        module = target / "functions" / mutant.module
        module.write_text(apply_mutant(mutant, module.read_text("utf-8")), "utf-8")
    return target


def run_tests(project: Path, paths: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Runs the tests of a copy until one fails. The exit code is pytest's."""
    files = [f"tests/{path}" for path in paths]
    options = [
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:schemathesis",  # a quarter of the start, and no test that kills a mutant needs it
        "--hypothesis-profile=without shrinking",
    ]
    command = [sys.executable, "-m", "pytest", *options, *files]
    environment = os.environ | {"AIRLOCK_SOAK": "1"}  # no time limit
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
