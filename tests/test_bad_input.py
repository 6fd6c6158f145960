"""The table of bad input: every test it names exists, and its codes are those that the route table describes."""

import ast
from functools import cache
from pathlib import Path

import pytest

from functions.domain.codes import Code
from functions.http.routes import ROUTES
from tests.bad_input import ANY_OPERATION, TABLE, BadInput

HERE = Path(__file__).parent
CODES = {route.operation_id: set(route.codes) for route in ROUTES if not route.is_public}
NAMED = sorted({test for row in TABLE for test in row.tests})


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def codes_of(row: BadInput) -> set[Code]:
    words = {word.strip(",;") for word in row.response.split()}
    return {code for code in Code if code in words}


@pytest.mark.parametrize("test", NAMED)
def test_every_test_that_is_named_exists(test: str) -> None:
    file, name = test.split("::")
    assert name.startswith("test_")
    assert name in names_in(file)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.target}: {row.input}"[:60])
def test_a_row_without_a_test_has_a_reason(row: BadInput) -> None:
    assert row.tests or row.reason


def test_every_code_of_the_api_has_a_row() -> None:
    described = set().union(*CODES.values())
    assert described <= {code for row in TABLE for code in codes_of(row)}


@pytest.mark.parametrize("row", [row for row in TABLE if row.target in CODES], ids=lambda row: row.input[:60])
def test_an_operation_describes_the_codes_of_its_rows(row: BadInput) -> None:
    assert codes_of(row) <= CODES[row.target]


def test_the_codes_of_any_operation_are_described_somewhere() -> None:
    described = set().union(*CODES.values())
    rows = [row for row in TABLE if row.target == ANY_OPERATION]
    assert set().union(*map(codes_of, rows)) <= described


def test_no_row_stands_twice() -> None:
    assert len({(row.target, row.input) for row in TABLE}) == len(TABLE)
