"""The changes that CONTRIBUTING.md shows as diffs: each can be made to the code as it is, and what it adds is new."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def list_changes() -> Iterator[tuple[str, list[str]]]:
    """Path and lines of each changed file."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for block in re.findall(r"```diff\n(.*?)```", page, re.DOTALL):
        for change in re.split(r"^--- ", block, flags=re.MULTILINE)[1:]:
            path, *lines = change.splitlines()
            yield path, lines


CHANGES = [*list_changes()]


def select_lines(lines: list[str], marks: str) -> str:
    return "".join(f"{line[1:]}\n" for line in lines if line[0] in marks)


@pytest.mark.parametrize(("path", "lines"), CHANGES, ids=[path for path, _ in CHANGES])
def test_a_documented_change_fits_the_code(path: str, lines: list[str]) -> None:
    source = (ROOT / path).read_text("utf-8")
    before, after = select_lines(lines, " -"), select_lines(lines, " +")
    assert source.count(before) == 1
    assert after not in source
    ast.parse(source.replace(before, after))


def test_every_entry_has_a_change() -> None:
    changed = {path for path, _ in CHANGES}
    assert {
        "functions/http/routes.py",
        "functions/domain/codes.py",
        "functions/function_options.py",
        "functions/domain/states.py",
        "functions/features/registry.py",
    } <= changed
