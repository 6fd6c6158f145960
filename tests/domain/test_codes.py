"""Codes: each has its texts, each is used, and none is written as a literal."""

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from functions.domain.codes import Code

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(r"[A-Z`][^\n]*[^.]\.")


def sources() -> Iterator[ast.Module]:
    """Yields the modules that raise codes: neither the enum nor the table of what an operation responds."""
    for path in sorted([*ROOT.glob("functions/**/*.py"), *ROOT.glob("operate/**/*.py")]):
        if path.name not in ("codes.py", "routes.py"):
            yield ast.parse(path.read_text("utf-8"))


def find_literals(tree: ast.AST) -> Iterator[str]:
    """Finds codes that are written as strings. Words without `_` and the values of other enums do not count."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) for base in node.bases):
            continue
        if isinstance(node, ast.Constant) and node.value in set(Code) and "_" in str(node.value):
            yield str(node.value)
        yield from find_literals(node)


def test_a_value_is_its_name_in_lower_case() -> None:
    assert [code for code in Code if code.value != code.name.lower()] == []


def test_a_code_is_a_problem_with_an_error_status_or_a_reason() -> None:
    for code in Code:
        assert code.is_reason if code.status is None else HTTPStatus(code.status) >= 400


def test_texts_are_sentences() -> None:
    for code in Code:
        assert SENTENCE.fullmatch(code.message), code
        assert SENTENCE.fullmatch(code.remedy), code
    assert len({code.message for code in Code}) == len(Code)


def test_every_code_is_used() -> None:
    used = {
        node.attr
        for tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }
    assert used - {"parse"} == {code.name for code in Code}


def test_no_code_is_written_as_a_literal() -> None:
    assert [literal for tree in sources() for literal in find_literals(tree)] == []
    assert list(find_literals(ast.parse('raise WrongState("invalid_state", "Not now.")'))) == [
        "invalid_state"
    ]


def test_a_word_is_parsed_to_its_code() -> None:
    assert [Code.parse(code.value) for code in Code] == list(Code)
    for word in ("", "STEP_REJECTED", "a_former_code"):
        with pytest.raises(ValueError, match="not a code"):
            Code.parse(word)
