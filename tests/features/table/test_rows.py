"""The reader of rows does work in proportion to its lines, whatever their quotes are."""

from collections.abc import Iterator
from contextlib import suppress
from typing import SupportsIndex, overload

import pytest

from functions.features.table.invalid import InvalidTable
from functions.features.table.rows import RowCode, RowReader

COUNT = 1_200
A = "a" * 600
MOST = 100_000
"""The highest number of rows that a kind accepts as invalid."""


class CountedLines(list[str]):
    """Lines that count how many of them were read, each time anew."""

    read = 0

    def __iter__(self) -> Iterator[str]:
        for line in super().__iter__():
            self.read += 1
            yield line

    @overload
    def __getitem__(self, index: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> str | list[str]:
        found = super().__getitem__(index)
        self.read += len(found) if isinstance(index, slice) else 1
        return found


def a_reader() -> RowReader:
    return RowReader(",", ["name", "note"], line=2)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('a","\n', id="each row is open to the end of the file"),
        pytest.param('"a"b\n', id="text behind each quote"),
        pytest.param('a,"b\n', id="a quote is missing in each row"),
        pytest.param('"","\n', id="a quote is missing between quotes"),
        pytest.param("a\n", id="a value is missing in each row"),
        pytest.param('"a\n",b\n', id="rows of two lines"),
    ],
)
def test_lines_are_read_a_few_times_however_many_errors_they_have(line: str) -> None:
    lines = CountedLines(line.replace("a", A).splitlines(keepends=True) * COUNT)
    with suppress(InvalidTable):
        a_reader().encode(lines, is_last=True, most_rejected=MOST)
    assert lines.read <= 40 * len(lines)


@pytest.mark.parametrize("line", ['a","\n', '"a"b\n', 'a,"b\n', "a\n"])
@pytest.mark.parametrize("most", [0, 3])
def test_the_reader_stops_at_the_first_row_beyond_those_that_may_be_invalid(line: str, most: int) -> None:
    reader, lines = a_reader(), CountedLines([line] * COUNT)
    reader.encode(lines, is_last=True, most_rejected=most)
    assert [row.line for row in reader.take_rejected()] == [*range(2, most + 3)]
    assert lines.read <= (most + 4) * COUNT


def test_a_quote_that_is_missing_in_each_row_rejects_each_row() -> None:
    reader = a_reader()
    assert reader.encode(['a,"b\n'] * 50_000, is_last=True, most_rejected=MOST) == []
    rejected = reader.take_rejected()
    assert [(row.line, row.errors[0].code) for row in rejected] == [
        (line, RowCode.QUOTES) for line in range(2, 50_002)
    ]


def test_rows_behind_an_error_may_have_several_lines_wherever_they_are() -> None:
    """The rows are more than a mebibyte, so that the reader looks for errors in several parts of them."""
    reader, values = a_reader(), "x" * 1_000
    rows = [f'"{values}\n', f'{values}",b\n'] * 2_000
    encoded = reader.encode(['"a"b\n', *rows], is_last=True, most_rejected=1)
    assert [row.line for row in reader.take_rejected()] == [2]
    assert [line.partition("\x1f")[0] for line in encoded] == [str(line) for line in range(3, 4_003, 2)]
