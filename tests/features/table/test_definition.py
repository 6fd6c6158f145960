"""Parameters of the step `table`: defaults, and a clear error for each wrong one."""

import re
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from functions.domain.kinds import Kinds
from functions.features.table.definition import DEFINITION, ColumnType, Output, TableParameters

EMAIL = {"name": "email", "required": True, "unique": True, "pattern": r"[^@ ]+@[^@ ]+\.[a-z]{2,}"}

ROOT = Path(__file__).parents[3]


def test_a_parameter_that_a_kind_leaves_out_has_a_default() -> None:
    parameters = DEFINITION.parse_parameters("contacts", {"columns": [{"name": "email"}]})
    assert parameters == {
        "columns": [{"name": "email", "type": "string", "required": False, "unique": False, "pattern": ""}],
        "delimiter": "auto",
        "encoding": "auto",
        "output": "parquet",
        "max_rejected_rows": 0,
    }


def test_parameters_survive_the_task() -> None:
    section = {"columns": [EMAIL, {"name": "born", "type": "date"}], "delimiter": ";", "output": "ndjson"}
    parameters = TableParameters.from_json(DEFINITION.parse_parameters("contacts", section))
    assert [column.type for column in parameters.columns] == [ColumnType.STRING, ColumnType.DATE]
    assert (parameters.columns[0].pattern, parameters.columns[0].unique) == (EMAIL["pattern"], True)
    assert (parameters.delimiter, parameters.output) == (";", Output.NDJSON)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"columns": []}, "columns is a list of 1 to 1000 columns", id="no column"),
        pytest.param({"columns": "email"}, "columns is a list", id="columns are text"),
        pytest.param({"columns": ["email"]}, r"columns\[0\] is a section with a name", id="a name alone"),
        pytest.param(
            {"columns": [{"type": "date"}]}, r"columns\[0\]: name has", id="a column without a name"
        ),
        pytest.param({"columns": [{"name": " a"}]}, r"columns\[0\]: name has", id="space around a name"),
        pytest.param({"columns": [{"name": "a\nb"}]}, r"columns\[0\]: name has", id="a name of two lines"),
        pytest.param({"columns": [{"name": "a" * 129}]}, r"columns\[0\]: name has", id="a long name"),
        pytest.param({"columns": [{"name": "a"}, {"name": "A"}]}, "the column A is listed twice", id="twice"),
        pytest.param(
            {"columns": [{"name": "a", "type": "text"}]}, "type is one of string,", id="unknown type"
        ),
        pytest.param(
            {"columns": [{"name": "a", "unique": "yes"}]}, "unique is true or false", id="no boolean"
        ),
        pytest.param(
            {"columns": [{"name": "a", "size": 3}]}, "unknown parameters: size", id="unknown setting"
        ),
        pytest.param(
            {"columns": [{"name": "a", "pattern": "("}]}, "not a regular expression", id="half a pattern"
        ),
        pytest.param({"columns": [{"name": "a", "pattern": "a" * 1001}]}, "up to 1000", id="a long pattern"),
        pytest.param({"delimiter": ",,"}, "delimiter is auto or one character", id="two delimiters"),
        pytest.param({"delimiter": '"'}, "delimiter is auto or one character", id="a quote as delimiter"),
        pytest.param({"delimiter": "x"}, "delimiter is auto or one character", id="a letter as delimiter"),
        pytest.param({"encoding": "klingon"}, "encoding is auto or a charset", id="unknown encoding"),
        pytest.param({"encoding": "base64"}, "encoding is auto or a charset", id="an encoding of bytes"),
        pytest.param({"output": "xlsx"}, "output is one of parquet, ndjson", id="unknown output"),
        pytest.param({"max_rejected_rows": -1}, "max_rejected_rows is 0 to 100000", id="less than none"),
        pytest.param({"max_rejected_rows": 100_001}, "max_rejected_rows is 0 to 100000", id="too many"),
        pytest.param({"max_rejected_rows": True}, "max_rejected_rows is 0 to 100000", id="a boolean"),
        pytest.param({"rows": 3}, "unknown parameters: rows", id="unknown parameter"),
    ],
)
def test_a_wrong_parameter_is_an_error_that_names_it(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=rf"kinds\.toml: contacts\.table.*{message}"):
        DEFINITION.parse_parameters("contacts", {"columns": [EMAIL]} | changes)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?=a)b", id="lookahead"),
        pytest.param(r"(?!a)b", id="negative lookahead"),
        pytest.param(r"(?<=a)b", id="lookbehind"),
        pytest.param(r"(a)\1", id="reference"),
        pytest.param(r"(?P<x>a)(?P=x)", id="reference by name"),
        pytest.param(r"(?>a+)b", id="atomic group"),
        pytest.param(r"(a)?(?(1)b|c)", id="condition"),
        pytest.param(r"a++", id="possessive"),
    ],
)
def test_a_pattern_that_the_engine_cannot_run_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="no lookaround"):
        DEFINITION.parse_parameters("contacts", {"columns": [{"name": "a", "pattern": pattern}]})
    with pytest.raises(duckdb.InvalidInputException):
        duckdb.execute("SELECT regexp_full_match('ab', ?)", [pattern]).fetchall()


@pytest.mark.parametrize(
    "pattern", [r"\++", r"[*+]+", r"[]*+]", r"\(\?=", r"\\+", r"(?i)[a-z]+", r"\d{5}(?:-\d+)?"]
)
def test_a_pattern_that_only_looks_so_is_accepted(pattern: str) -> None:
    DEFINITION.parse_parameters("contacts", {"columns": [{"name": "a", "pattern": pattern}]})
    duckdb.execute("SELECT regexp_full_match('ab', ?)", [pattern]).fetchall()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_bytes": 5 * 1024**3 + 1}, "processes up to 5368709120 bytes, less than max_bytes"),
        ({"content_types": ["application/json"]}, "does not process application/json"),
    ],
)
def test_a_kind_beyond_what_the_worker_can_process_is_an_error(changes: dict[str, Any], message: str) -> None:
    kind = {"content_types": ["text/csv"], "max_bytes": 5 * 1024**3, "steps": ["table"]}
    kind["table"] = {"columns": [EMAIL]}
    Kinds({"contacts": kind}, {"table": DEFINITION}.get)
    with pytest.raises(ValueError, match=f"the step table of contacts {message}"):
        Kinds({"contacts": kind | changes}, {"table": DEFINITION}.get)


def test_the_kind_contacts_in_the_comment_and_in_the_docs_is_the_one_of_the_journeys() -> None:
    journeys = tomllib.loads((ROOT / "tests/journeys/shipped_kinds.toml").read_text())
    shipped = (ROOT / "functions/kinds.toml").read_text()
    [section] = re.findall(r"^# \[contacts\]\n(?:#.*\n)+", shipped, re.MULTILINE)
    [documented] = re.findall(
        r"^```toml\n(\[contacts\]\n.+?)^```", (ROOT / "docs/kinds.md").read_text(), re.M | re.S
    )
    for text in (re.sub("^# ?", "", section, flags=re.MULTILINE), documented):
        assert tomllib.loads(text) == {"contacts": journeys["contacts"]}
    Kinds({"contacts": journeys["contacts"]}, {"table": DEFINITION}.get)
