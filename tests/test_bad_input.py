"""The table of bad input: every test it names exists, and its codes are those that the route table describes."""

import ast
from functools import cache
from pathlib import Path

from functions.domain.codes import Code
from functions.http.routes import ROUTES
from tests.bad_input import ANY_OPERATION, TABLE, BadInput

HERE = Path(__file__).parent
CODES = {route.operation_id: set(route.codes) for route in ROUTES if not route.is_public}
DESCRIBED = set().union(*CODES.values())


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def is_defined(test: str) -> bool:
    file, _, name = test.partition("::")
    return name.startswith("test_") and (HERE / file).exists() and name in names_in(file)


def codes_of(row: BadInput) -> set[Code]:
    words = {word.strip(",;") for word in row.response.split()}
    return {code for code in Code if code in words}


def test_every_row_names_existing_tests_or_has_a_reason() -> None:
    assert [test for row in TABLE for test in row.tests if not is_defined(test)] == []
    assert [row for row in TABLE if not row.tests and not row.reason] == []
    assert len({(row.target, row.input) for row in TABLE}) == len(TABLE)


def test_every_code_of_the_api_has_a_row() -> None:
    assert {code for row in TABLE for code in codes_of(row)} >= DESCRIBED


def test_an_operation_describes_the_codes_of_its_rows() -> None:
    described = CODES | {ANY_OPERATION: DESCRIBED}
    rows = [row for row in TABLE if row.target in described]
    assert [row for row in rows if not codes_of(row) <= described[row.target]] == []
