"""The record of a long run: with `--record NAME`, pytest writes what it ran to docs/benchmarks.md, with rows for each test file.

Rows of a file that did not run are kept, so that a run of many hours can be made in parts. A run that was interrupted has not
finished its files, so it writes nothing.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from tests.case_counts import sum_property

if TYPE_CHECKING:
    from bench.table import Row


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", metavar="NAME", help="write the result of each test file to docs/benchmarks.md"
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    name = config.getoption("--record")
    # A process of pytest-xdist has the reports of its own tests only, and the main process those of all.
    is_whole = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    if name is None or hasattr(config, "workerinput") or not is_whole:
        return
    # The copy of the project that has a mutant lacks the benchmarks.
    from bench.table import report

    # The category of a setup and of a teardown that passed has no name.
    reports: list[pytest.TestReport] = [
        each for outcome in ("", "passed", "failed", "error") for each in terminalreporter.getreports(outcome)
    ]
    files = sorted({_find_file(each) for each in reports})
    of_file = {file: [each for each in reports if _find_file(each) == file] for file in files}
    report([row for file in files for row in make_rows(f"{name}: {file}", of_file[file])])


def make_rows(bench: str, reports: Sequence[pytest.TestReport]) -> Iterator["Row"]:
    """Yields the rows of one file: tests, failed ones, seconds, and the cases that its tests counted."""
    from bench.table import Row

    calls = [each for each in reports if each.when == "call"]
    yield Row(bench, "tests", len(calls), "")
    yield Row(bench, "tests that failed", len({each.nodeid for each in reports if each.failed}), "", bar=0)
    yield Row(bench, "time of all tests", sum(each.duration for each in reports), "s")
    for cases, number in sorted(sum_property(calls, "counted").items()):
        yield Row(bench, f"cases: {cases}", number, "")


def _find_file(test: pytest.TestReport) -> str:
    return test.nodeid.partition("::")[0]
