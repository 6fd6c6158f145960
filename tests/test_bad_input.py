"""The table of bad input, held: every test it names exists, and every code that the API describes has a row."""

import ast
from functools import cache
from pathlib import Path

import pytest

from functions.http.routes import ROUTES
from tests.bad_input import TABLE, BadInput

HERE = Path(__file__).parent
OF_THE_API = (
    "any operation",
    "create",
    "sign parts",
    "complete",
    "abort",
    "delete",
    "restore",
    "download",
    "list",
)
CODES = {code for route in ROUTES for code in route.codes}
NAMED = sorted({test for row in TABLE for test in row.tests})


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def words(row: BadInput) -> set[str]:
    return {word.strip(",;") for word in row.answer.split()}


@pytest.mark.parametrize("test", NAMED)
def test_every_test_that_is_named_exists(test: str) -> None:
    file, name = test.split("::")
    assert name.startswith("test_")
    assert name in names_in(file)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.where}: {row.what}"[:60])
def test_what_no_test_holds_says_why(row: BadInput) -> None:
    assert row.tests or row.decided


def test_every_code_that_the_api_describes_is_the_answer_to_something() -> None:
    assert {word for row in TABLE for word in words(row)} >= CODES


def test_the_api_answers_with_no_code_that_it_does_not_describe() -> None:
    of_api = {word for row in TABLE if row.where in OF_THE_API for word in words(row) if "_" in word}
    assert of_api <= CODES


def test_no_row_stands_twice() -> None:
    assert len({(row.where, row.what) for row in TABLE}) == len(TABLE)
