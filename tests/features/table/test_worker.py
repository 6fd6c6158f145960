"""The worker of the step `table` on whole files: rows, errors, duplicates, and files that are no table."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.features.table.rows import MAX_ROW
from functions.features.table.worker import TableWorker
from functions.pipeline.step import Passed, Rejected
from tests.fake_step_objects import InMemoryStepObjects
from tests.features.table.files import validate

SMALL = TableWorker(block_size=7, chunk_size=30)
"""Reads and checks a few rows at a time, so that every border between blocks and chunks occurs."""
WORKERS = [pytest.param(TableWorker(), id="one chunk"), pytest.param(SMALL, id="many chunks")]


def test_valid_rows_are_typed_and_in_order() -> None:
    columns = [
        {"name": name, "type": name}
        for name in ("string", "integer", "number", "decimal", "boolean", "date", "timestamp")
    ]
    run = validate(
        "string,integer,number,decimal,boolean,date,timestamp\n"
        "a,-7,1.5e3,0.10,yes,2024-02-29,2024-02-29T10:00:00+02:00\n"
        ",,,,,,\n"
        " b , +1 ,.5,-3,FALSE,1999-12-31,1999-12-31 23:59\n",
        columns,
    )
    assert run.rows == [
        ("a", -7, 1500.0, Decimal("0.1"), True, date(2024, 2, 29), datetime(2024, 2, 29, 8, tzinfo=UTC)),
        (" b ", 1, 0.5, Decimal(-3), False, date(1999, 12, 31), datetime(1999, 12, 31, 23, 59, tzinfo=UTC)),
    ]
    assert run.report["rowsRead"] == 2  # a row without any value is none
    assert run.errors == []


def test_rows_as_lines_of_json() -> None:
    run = validate('name,age,note\nAda,36,"a ""b"""\n', output="ndjson")
    assert run.body("rows") == b'{"name":"Ada","age":36,"note":"a \\"b\\""}\n'
    assert run.renditions["rows"]["contentType"] == "application/x-ndjson"


def test_times_in_json_are_utc() -> None:
    run = validate("at\n2024-02-29T10:00:00+02:00\n", [{"name": "at", "type": "timestamp"}], output="ndjson")
    assert run.body("rows") == b'{"at":"2024-02-29T08:00:00.000000Z"}\n'


@pytest.mark.parametrize(
    ("type_name", "values"),
    [
        ("integer", ["1.0", "1e3", "0x1F", "1_000", "9223372036854775808", "one", "true"]),
        ("number", ["1,5", "nan", "inf", "1e999", "1.2.3", "--1"]),
        ("decimal", ["1.0000000001", "1e3", "123456789012345678901234567890"]),
        ("boolean", ["2", "t", "ja"]),
        ("date", ["2024-02-30", "2024-2-3", "03.02.2024", "2024-02-03 10:00", "infinity"]),
        ("timestamp", ["2024-02-03", "2024-02-03 25:00", "now", "1706954400"]),
    ],
)
def test_values_of_another_type_are_rejected(type_name: str, values: list[str]) -> None:
    content = "".join(f'"{value}"\n' for value in values)
    run = validate(f"v\n{content}", [{"name": "v", "type": type_name}])
    assert [row[1:] for row in run.rejected] == [
        ["v: type", value.replace("--1", "'--1")] for value in values
    ]


@pytest.mark.parametrize("worker", WORKERS)
def test_each_error_has_its_line_its_column_and_its_code(worker: TableWorker) -> None:
    columns: list[dict[str, Any]] = [
        {"name": "email", "required": True, "unique": True, "pattern": "[^@ ]+@[^@ ]+"},
        {"name": "age", "type": "integer"},
    ]
    run = validate(
        "email,age\n"
        "ada@example.com,36\n"
        "\n"
        '"two\nlines",x\n'  # lines 4 and 5
        "  ,1\n"
        "bob@example.com\n"
        "eve@example.com,1,2\n"
        '"open,1\n'
        '"mal"formed,1\n'
        "ada@example.com,37\n"
        "b\ufffdb@example.com,1\n"
        "b\x1fb@example.com,1\n"
        f'"{"x" * 131_073}",1\n'
        "zoe@example.com,1\n",
        columns,
        worker=worker,
    )
    assert run.errors == [
        (4, "email", "pattern"),
        (4, "age", "type"),
        (6, "email", "required"),
        (7, "", "column_count"),
        (8, "", "column_count"),
        (9, "", "quotes"),
        (10, "", "quotes"),
        (11, "email", "duplicate"),
        (12, "email", "encoding"),
        (13, "email", "control_character"),
        (14, "", "too_long"),
    ]
    assert run.rows == [("ada@example.com", 36), ("zoe@example.com", 1)]
    counts = [run.report[key] for key in ("rowsRead", "rowsAccepted", "rowsRejected")]
    assert counts == [12, 2, 10]
    rejected = {row[0]: row[1:] for row in run.rejected}
    assert rejected["4"] == ["email: pattern; age: type", "two\nlines", "x"]
    assert rejected["11"] == ["email: duplicate", "ada@example.com", "37"]


def test_a_missing_quote_rejects_one_row_and_swallows_none() -> None:
    rows = "".join(f"name{index},{index},\n" for index in range(500))
    content = f'name,age,note\n"first,1,\n{rows}"second,2,\n{rows}'
    run = validate(content, worker=TableWorker(block_size=997))
    assert run.errors == [(2, "", "quotes"), (503, "", "quotes")]
    assert run.report["rowsAccepted"] == 1000


@pytest.mark.parametrize(
    "worker", [TableWorker(), TableWorker(block_size=300_000)], ids=["one block", "blocks"]
)
def test_a_row_has_at_most_a_mebibyte_on_however_many_lines(worker: TableWorker) -> None:
    columns = [{"name": f"c{index}"} for index in range(20)]
    header = ",".join(column["name"] for column in columns)
    long, short = (",".join([f'"{"x" * length}\n"'] * 20) for length in (60_000, 50_000))
    run = validate(f"{header}\n{short}\n{long}\n{short}\n", columns, worker=worker)
    # The next line is read as a new row.
    assert run.errors == [(23, "", "too_long"), *((line, "", "quotes") for line in range(24, 44))]
    assert run.report["rowsAccepted"] == 2


def test_the_first_of_equal_values_stays_and_an_empty_value_equals_none() -> None:
    columns = [{"name": "id", "type": "integer", "unique": True}, {"name": "mail", "unique": True}]
    run = validate("id,mail\n1,a\n01,b\n2,a\n3,\n4,\n+1,a\n", columns, worker=SMALL)
    assert run.errors == [
        (3, "id", "duplicate"),
        (4, "mail", "duplicate"),
        (7, "id", "duplicate"),
        (7, "mail", "duplicate"),
    ]
    assert run.rows == [(1, "a"), (3, None), (4, None)]


def test_the_report_counts_errors_by_column_and_code() -> None:
    run = validate("name,age,note\nA,x,\nB,y,\n,1,z\n")
    assert run.report["errorCounts"] == [
        {"column": "age", "code": "type", "count": 2},
        {"column": "name", "code": "required", "count": 1},
    ]
    assert isinstance(run.verdict, Passed)
    assert run.verdict.facts == {
        "rowsRead": 3,
        "rowsAccepted": 0,
        "rowsRejected": 3,
        "encoding": "utf-8",
        "delimiter": ",",
        "ignoredColumns": [],
        "ignoredColumnCount": 0,
    }


def test_the_facts_have_the_first_columns_that_are_ignored_and_the_report_has_all() -> None:
    names = [f"measurement_{index:04d}_celsius" for index in range(900)]
    run = validate(",".join(["name", *names, "x" * 1_000]) + "\n", [{"name": "name"}])
    assert isinstance(run.verdict, Passed)
    first = run.verdict.facts["ignoredColumns"]
    assert isinstance(first, list)
    assert (first, len(first)) == (names[:73], 73)
    assert run.verdict.facts["ignoredColumnCount"] == 901
    assert run.report["ignoredColumns"] == [*names, "x" * 1_000]


def test_a_name_of_any_length_is_short_in_facts_in_sentences_and_in_errors() -> None:
    name = "x" * 100_000
    run = validate(f"name,{name}\na,\x1f\n", [{"name": "name"}])
    assert isinstance(run.verdict, Passed)
    assert run.verdict.facts["ignoredColumns"] == [f"{'x' * 59}…"]
    assert run.errors == [(2, f"{'x' * 127}…", "control_character")]
    refused = validate(f"name,{name}\na,\x1f\n", [{"name": "name"}], max_rejected_rows=0).verdict
    assert isinstance(refused, Rejected)
    assert str(refused.detail).endswith(f"The first: line 2, {'x' * 59}…: control_character.")


def test_columns_that_are_missing_are_named_briefly() -> None:
    columns = [{"name": f"{index}{'é' * 127}", "required": True} for index in range(10)]
    run = validate(f"{columns[0]['name']},{'x' * 100_000}\n", columns)
    assert isinstance(run.verdict, Rejected)
    assert len(str(run.verdict.detail)) < 500
    assert f" The first row is: 0{'é' * 58}…, {'x' * 59}…." in str(run.verdict.detail)


@pytest.mark.parametrize("worker", WORKERS)
def test_more_invalid_rows_than_allowed_reject_the_file(worker: TableWorker) -> None:
    content = "name,age,note\nA,x,\nB,y,\nC,3,\n"
    assert isinstance(validate(content, max_rejected_rows=2, worker=worker).verdict, Passed)
    run = validate(content, max_rejected_rows=1, worker=worker)
    assert run.verdict == Rejected(
        Code.TOO_MANY_REJECTED_ROWS,
        "More rows than allowed are invalid; 1 invalid row is allowed."
        " The first: line 2, age: type; line 3, age: type.",
    )
    assert run.renditions == {}


def test_duplicates_count_as_invalid_rows() -> None:
    run = validate("name\nA\nA\n", [{"name": "name", "unique": True}], max_rejected_rows=0)
    assert isinstance(run.verdict, Rejected)
    assert run.verdict.code is Code.TOO_MANY_REJECTED_ROWS


@pytest.mark.parametrize(
    ("content", "code", "detail"),
    [
        pytest.param(b"", Code.NOT_A_TABLE, "The file is empty.", id="empty"),
        pytest.param(b"\n\n", Code.NOT_A_TABLE, "The file has no rows.", id="empty lines"),
        pytest.param(b"\x7fELF\0\0\1\0" * 99, Code.NOT_A_TABLE, "contains zero bytes", id="binary"),
        pytest.param(b"PK\3\4\0\0\x14\0" * 99, Code.NOT_A_TABLE, "contains zero bytes", id="ZIP"),
        pytest.param(b'"open', Code.NOT_A_TABLE, "no row of a CSV file", id="half a quoted value"),
        pytest.param(b"a" * (MAX_ROW + 1), Code.NOT_A_TABLE, "A line has more than", id="one long line"),
        pytest.param(b"," * 1_000 + b"name\n", Code.NOT_A_TABLE, "more than 1000", id="too many columns"),
        pytest.param(b"Dear Ada,\nhow are you?\n", Code.COLUMNS_INVALID, "It is: Dear Ada, .", id="a letter"),
        pytest.param(b"age,note\n1,2\n", Code.COLUMNS_INVALID, "Columns are missing: name.", id="missing"),
        pytest.param(
            b"name\n" + b'a","\n' * 120_000, Code.NOT_A_TABLE, "rows cannot be told apart", id="open quotes"
        ),
        pytest.param(b"name,NAME,age\n", Code.COLUMNS_INVALID, "the column name twice", id="twice"),
    ],
)
def test_a_file_that_is_no_table_of_the_kind_is_rejected(content: bytes, code: Code, detail: str) -> None:
    run = validate(content)
    assert isinstance(run.verdict, Rejected)
    assert run.verdict.code is code
    assert detail in str(run.verdict.detail)
    assert run.renditions == {}


def test_formulas_are_text_for_a_spreadsheet_and_unchanged_in_the_rows() -> None:
    run = validate('=name,name,age\n"=HYPERLINK(""a"")",b,x\n@a,@a,1\n')
    assert run.rejected == [["2", "age: type", '\'=HYPERLINK("a")', "b", "x"]]
    assert run.body("rejected").decode("utf-8-sig").startswith("line,errors,'=name,name,age\r\n")
    assert run.rows == [("@a", 1, None)]


def test_a_header_that_is_sql_is_a_name() -> None:
    name = "v0\"'; DROP TABLE duplicates; --"
    quoted = name.replace('"', '""')
    run = validate(f'"{quoted}",name\n"{quoted}",A\n', [{"name": name, "pattern": ".*'.*"}, {"name": "name"}])
    assert run.rows == [(name, "A")]


class LosingObjects(InMemoryStepObjects):
    """S3 is down from the first rendition on."""

    def put(self, key: str, path: Path, content_type: str, sha256: str) -> str:
        self.is_down = True
        return super().put(key, path, content_type, sha256)


def test_an_outage_of_s3_is_not_the_files_fault() -> None:
    with pytest.raises(Unavailable):
        validate("name,age,note\nA,1,b\n", objects=LosingObjects())


def test_the_progress_is_reported_between_chunks() -> None:
    content = "name,age,note\n" + "A,1,b\n" * 20
    assert validate(content).progress == []
    run = validate(content, worker=TableWorker(block_size=len(content) // 4, chunk_size=1))
    assert run.progress == [f"Checking rows, {percent} % so far." for percent in (24, 49, 73, 98)]


@pytest.mark.parametrize(
    "rows",
    [pytest.param(20_000, id="20 among 20,000"), pytest.param(1_000_000, id="of 1M", marks=pytest.mark.deep)],
)
def test_the_report_is_exact(rows: int) -> None:
    """One row in a thousand is invalid."""
    bad = {index: index // 1_000 % 4 for index in range(17, rows, 1_000)}
    values = [f"name{index},{index},note\n" for index in range(rows)]
    for index, fault in bad.items():
        values[index] = ("name,x,note\n", ",1,note\n", "name,1\n", 'name,1,"note\n')[fault]
    run = validate("name,age,note\n" + "".join(values))
    codes = (("age", "type"), ("name", "required"), ("", "column_count"), ("", "quotes"))
    assert run.errors == [(index + 2, *codes[fault]) for index, fault in bad.items()]
    assert len(run.rejected) == rows // 1_000
    assert run.report["rowsAccepted"] == rows - len(bad)
    assert [age for _, age, _ in run.rows] == [index for index in range(rows) if index not in bad]


@pytest.mark.parametrize("repeated", [0, 2])
def test_the_rows_stay_in_the_order_of_the_file(repeated: int) -> None:
    """The file has more rows than a row group of Parquet, which two threads read side by side."""
    numbers = [*range(300_000)]
    content = "number\n" + "".join(f"{number}\n" for number in [*numbers, *numbers[:repeated]])
    run = validate(content, [{"name": "number", "type": "integer", "unique": True}])
    assert [number for (number,) in run.rows] == numbers
    assert [line for line, *_ in run.errors] == [300_002 + index for index in range(repeated)]
