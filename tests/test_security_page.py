"""docs/security.md: every threat has its row, every row its tests, and every test that is named exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
THREATS = {f"T{number}" for number in range(1, 30)}
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its own head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def defined(path: str) -> set[str]:
    """The tests of a file, collected as pytest does: functions of the module, and methods of its classes."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_threat_has_one_row_and_those_left_open_are_named_as_such() -> None:
    closed = [row[0] for row in rows("Threats")]
    left = [row[0] for row in rows("Not closed here")]
    assert len(closed) + len(left) == len(THREATS)
    assert {*closed, *left} == THREATS


@pytest.mark.parametrize("row", [*rows("Threats"), *rows("Rights")], ids=lambda row: row[0])
def test_every_row_names_a_mechanism_and_a_test(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    assert NAMED.search(row[3])


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(PAGE))), ids=str)
def test_every_test_that_the_page_names_exists(path: str, name: str) -> None:
    assert name in defined(path)


def test_no_test_is_named_in_a_way_that_this_module_does_not_see() -> None:
    assert PAGE.count("::test_") == len(NAMED.findall(PAGE))
