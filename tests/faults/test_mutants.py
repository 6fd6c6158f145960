"""Each mutant is caught: with one condition less, the tests that are about it fail."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.counted import Counted
from tests.faults.mutants import MUTANTS, ROOT, Mutant, house, mutated, outcome

AT_ONCE = 2
Run = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, "Future[Run]"]]:
    """All of them begin at once, as many at a time as there are processors on a small machine."""

    def run(mutant: Mutant) -> Run:
        return outcome(house(tmp_path_factory.mktemp("mutant") / "house", mutant), mutant.caught_by)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {mutant.name: pool.submit(run, mutant) for mutant in MUTANTS}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(runs: dict[str, "Future[Run]"], mutant: Mutant, counted: Counted) -> None:
    run = runs[mutant.name].result()
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    counted("mutants caught", 1)


def test_without_a_mutant_the_same_tests_pass(tmp_path: Path) -> None:
    """But for those of this folder, which take long and run beside this one anyway."""
    tests = {test for mutant in MUTANTS for test in mutant.caught_by if not test.startswith("faults/")}
    run = outcome(house(tmp_path / "house"), tuple(sorted(tests)))
    assert run.returncode == pytest.ExitCode.OK, run.stdout + run.stderr


def test_a_mutant_of_a_text_that_is_not_there_is_refused() -> None:
    with pytest.raises(AssertionError, match="has 0 times 'no such text'"):
        mutated(Mutant("a name", "domain/keys.py", "no such text", "", ()), "x = 1")


def test_no_mutant_is_there_twice() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 15
    for mutant in MUTANTS:
        mutated(mutant, (ROOT / "functions" / mutant.module).read_text("utf-8"))
