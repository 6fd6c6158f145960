"""Each mutant of the code makes a test fail."""

from pathlib import Path

import pytest

from tests.case_counts import CountCases
from tests.faults.mutants import MUTANTS
from tests.faults.mutants.mutant import ROOT, Mutant, apply_mutant, copy_project, run_tests


@pytest.mark.deep
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_killed(mutant: Mutant, tmp_path: Path, count_cases: CountCases) -> None:
    run = run_tests(copy_project(tmp_path / "project", mutant), mutant.killed_by)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    count_cases("mutants killed", 1)


@pytest.mark.deep
def test_without_a_mutant_the_same_tests_pass(tmp_path: Path) -> None:
    """Without those of this folder, which take long."""
    paths = {path for mutant in MUTANTS for path in mutant.killed_by if not path.startswith("faults/")}
    run = run_tests(copy_project(tmp_path / "project"), sorted(paths))
    assert run.returncode == pytest.ExitCode.OK, run.stdout + run.stderr


def test_every_mutant_has_a_name_of_its_own_and_a_text_that_occurs_once() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    for mutant in MUTANTS:
        apply_mutant(mutant, (ROOT / "functions" / mutant.module).read_text("utf-8"))
