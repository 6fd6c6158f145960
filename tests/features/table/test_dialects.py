"""Encodings, delimiters, line ends and headers that the step `table` detects."""

import pytest

from functions.features.table.worker import TableWorker
from tests.features.table.files import validate

NAMES = ["Jürgen Müller", "José Peña", "Łukasz", "山田太郎", "北京市", "Иван Петров"]
WESTERN, CENTRAL = NAMES[:2], ["Łukasz Żółć", "Šárka Nováková"]
JAPANESE, CHINESE = ["山田太郎", "さくら カタカナ"], ["张伟", "李娜 北京市"]
KOREAN, TRADITIONAL = ["김철수", "서울특별시"], ["陳小明", "臺北市"]
RUSSIAN, GREEK = ["Иван Петров", "Санкт-Петербург"], ["Γιώργος", "Αθήνα"]


@pytest.mark.parametrize(
    ("encoding", "mark", "names", "delimiter", "end"),
    [
        pytest.param("utf-8", b"", NAMES, ",", "\n", id="UTF-8"),
        pytest.param("utf-8", b"\xef\xbb\xbf", NAMES, ";", "\r\n", id="UTF-8 with a mark, from Excel"),
        pytest.param("utf-16-le", b"\xff\xfe", NAMES, "\t", "\r\n", id="UTF-16LE, Unicode text from Excel"),
        pytest.param("utf-16-be", b"\xfe\xff", NAMES, ",", "\n", id="UTF-16BE"),
        pytest.param("utf-16-le", b"", WESTERN, ",", "\n", id="UTF-16LE without a mark"),
        pytest.param("utf-16-be", b"", CHINESE, ",", "\n", id="UTF-16BE without a mark"),
        pytest.param("utf-32-le", b"\xff\xfe\0\0", NAMES, ",", "\n", id="UTF-32LE"),
        pytest.param("cp1252", b"", WESTERN, ";", "\r\n", id="Windows-1252"),
        pytest.param("cp1250", b"", CENTRAL, ";", "\r\n", id="Windows-1250"),
        pytest.param("cp1251", b"", RUSSIAN, "|", "\r\n", id="Windows-1251"),
        pytest.param("cp1253", b"", GREEK, ";", "\r\n", id="Windows-1253"),
        pytest.param("koi8_r", b"", RUSSIAN, ",", "\n", id="KOI8-R"),
        pytest.param("gb18030", b"", CHINESE, ",", "\r\n", id="GB18030"),
        pytest.param("big5", b"", TRADITIONAL, ",", "\r\n", id="Big5"),
        pytest.param("cp932", b"", JAPANESE, ",", "\r\n", id="Shift JIS"),
        pytest.param("euc_jp", b"", JAPANESE, "\t", "\n", id="EUC-JP"),
        pytest.param("euc_kr", b"", KOREAN, ",", "\n", id="EUC-KR"),
        pytest.param("utf-8", b"", WESTERN, ",", "\r", id="CR alone"),
    ],
)
@pytest.mark.parametrize(
    "worker",
    [pytest.param(TableWorker(), id="one block"), pytest.param(TableWorker(block_size=97), id="blocks")],
)
def test_encodings_and_dialects_are_detected(
    encoding: str, mark: bytes, names: list[str], delimiter: str, end: str, worker: TableWorker
) -> None:
    values = [(name, index, f"{name}{delimiter}{end}") for index, name in enumerate(names * 20)]
    lines = [delimiter.join(("Name", "AGE", "note"))]
    lines += [f'{name}{delimiter}{index}{delimiter}"{note}"' for name, index, note in values]
    run = validate(mark + (end.join(lines) + end).encode(encoding), worker=worker)
    assert run.errors == []
    assert run.rows == values
    assert run.report["delimiter"] == delimiter


def test_the_first_character_beyond_ascii_may_come_late() -> None:
    rows = "".join(f"name,{index},\n" for index in range(60_000))
    run = validate(f"name,age,note\n{rows}Jürgen Müller,1,Größe für Straße\n{rows}".encode("cp1252"))
    assert run.errors == []
    assert run.rows[60_000] == ("Jürgen Müller", 1, "Größe für Straße")


def test_a_given_encoding_and_a_given_delimiter_are_not_detected() -> None:
    run = validate("name!age!note\nŠárka!1!\n".encode("cp1250"), encoding="windows-1250", delimiter="!")
    assert run.rows == [("Šárka", 1, None)]


def test_invalid_bytes_reject_their_row_alone() -> None:
    content = b"name,age,note\n" + "Jürgen,1,\n".encode() * 50_000 + b"J\xfcrgen,1,\nAda,1,\n"
    assert validate(content).errors == [(50_002, "name", "encoding")]


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        pytest.param("name,age,note\n", 1, id="plain"),
        pytest.param('"Name","Age","Note"\n', 1, id="quoted, in capitals"),
        pytest.param(" name , age,note \n", 1, id="with space around"),
        pytest.param("\n\r\n \nname,age,note\n", 4, id="behind empty lines"),
        pytest.param("sep=;\nname;age;note\n", 2, id="behind a line for Excel"),
        pytest.param('"name",age,"note\n"\n', 2, id="of two lines"),
    ],
)
def test_headers(header: str, lines: int) -> None:
    rows = "A,1,b\nB,x,c\n".replace(",", ";" if ";" in header else ",")
    run = validate(header + rows)
    assert run.rows == [("A", 1, "b")]
    assert run.errors == [(lines + 2, "age", "type")]


def test_columns_may_come_in_any_order_and_others_are_ignored() -> None:
    run = validate("id,note,name,id\n1,n,A,2\n,,,\n5,,,7\n")
    assert run.rows == [("A", None, "n")]
    assert run.report["ignoredColumns"] == ["id", "id"]
    assert run.rejected == [["4", "name: required", "5", "", "", "7"]]


def test_a_header_alone_is_a_table_without_rows() -> None:
    run = validate("name,age,note\n")
    assert (run.rows, run.report["rowsRead"]) == ([], 0)
