"""The rows of a file: the csv module finds where each one ends, and DuckDB gets them without quotes.

Only the structure is checked here. A row that breaks the rules of quotes is one rejected row, and the next line is read as
a new row, so that one missing quote does not swallow the rows behind it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from functions.domain.codes import Code
from functions.features.table.invalid import InvalidTable
from functions.features.table.line_block import LineBlock

SEPARATOR = "\x1f"
"""Separates the values of a row. ASCII calls this character the unit separator."""
LINE_FEED, CARRIAGE_RETURN = "\x1e", "\x1d"
"""Stand for the line ends within a value, so that each row is one line."""

_REPLACEMENT = "\ufffd"
_CONTROLS = (SEPARATOR, LINE_FEED, CARRIAGE_RETURN, "\0")
_LINE_ENDS = str.maketrans({"\n": LINE_FEED, "\r": CARRIAGE_RETURN})
MAX_ROW = 1024**2
"""Maximum number of characters of a row, and of a line. A value has at most 128 KiB, the default of the csv module."""
_MAX_READ_AGAIN = 16 * MAX_ROW
_MAX_TIMES = 4
"""Characters that are read again behind an error: as many as in 16 rows, and four times what was read. A file with one
missing quote in each row, or in each thousand rows, needs once what was read."""
_MAX_CELL = 32_767
"""Maximum number of characters of a cell in Excel. An invalid line is shown up to there.

https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
"""


class RowCode(StrEnum):
    """The reason why a row is rejected."""

    COLUMN_COUNT = "column_count"
    QUOTES = "quotes"
    TOO_LONG = "too_long"
    ENCODING = "encoding"
    CONTROL_CHARACTER = "control_character"
    REQUIRED = "required"
    TYPE = "type"
    PATTERN = "pattern"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class RowError:
    """One error. `column` is the name of the column, empty if the row as a whole is at fault."""

    column: str
    code: RowCode


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row with its errors. `line` counts from 1, and is the line on which the row starts."""

    line: int
    errors: Sequence[RowError]
    values: Sequence[str]


@dataclass(slots=True)
class RowReader:
    """Splits lines into rows. `columns` are the names in the header, `line` is the number of the next line."""

    delimiter: str
    columns: Sequence[str]
    line: int
    _rejected: list[RejectedRow] = field(default_factory=list)
    _rest: list[str] = field(default_factory=list)
    _characters: int = 0
    _read_again: int = 0

    def take_rejected(self) -> list[RejectedRow]:
        """Returns the rows that `encode` has rejected since the last call."""
        rejected, self._rejected = self._rejected, []
        return rejected

    def encode(self, lines: list[str], *, is_last: bool, most_rejected: int) -> list[str]:
        """Returns the rows as lines for DuckDB: the number of the line and the values, joined by `SEPARATOR`.

        A quoted value that is still open waits for the next lines, unless these are the last. Rows without any value
        are left out. Ends with the first row beyond `most_rejected` rejected ones, because the file is rejected then.
        Raises InvalidTable for a file most of whose characters would be read again and again.
        """
        pending = self._rest + lines if self._rest else lines
        self._rest = []
        text = "".join(pending)
        self._characters += len(text)
        is_clean = not any(character in text for character in (*_CONTROLS, _REPLACEMENT))
        run = _Run(LineBlock(pending), is_clean, is_last, most_rejected)
        start = 0
        while start < len(pending) and len(self._rejected) <= most_rejected:
            # Behind an error no row gets more than it may have. Most blocks have no error, and need no other end.
            end = run.block.find_end(start, MAX_ROW) if start else len(pending)
            start = self._encode_until_error(run, start, end)
        return run.encoded

    def _encode_until_error(self, run: "_Run", start: int, end: int) -> int:
        """Returns the index of the next line. This loop takes most of the time of a table."""
        reader = csv.reader(run.block.iterate(start, end), delimiter=self.delimiter, strict=True)
        first, done, width = self.line, 0, len(self.columns)
        lines, encoded, is_clean = run.block.lines, run.encoded, run.is_clean
        try:
            for values in reader:
                if any(values):
                    if is_clean and len(values) == width and reader.line_num == done + 1:
                        encoded.append(f"{first + done}{SEPARATOR}{SEPARATOR.join(values)}\n")
                    else:
                        _check_length(lines[start + done : start + reader.line_num])
                        self._encode_unusual(first + done, values, encoded)
                        if len(self._rejected) > run.most_rejected:
                            break
                done = reader.line_num
        except csv.Error as error:
            self.line = first + done
            return self._skip_invalid(str(error), run, start + done, start + reader.line_num)
        self.line = first + done
        return start + done

    def _encode_unusual(self, line: int, values: list[str], encoded: list[str]) -> None:
        if len(values) != len(self.columns):
            self._reject(line, RowError("", RowCode.COLUMN_COUNT), values)
        elif errors := [*filter(None, map(_check_characters, self.columns, values))]:
            self._reject(line, errors[0], values)
        else:
            encoded.append(f"{line}{SEPARATOR}{SEPARATOR.join(values).translate(_LINE_ENDS)}\n")

    def _skip_invalid(self, message: str, run: "_Run", start: int, end: int) -> int:
        """Returns the index of the next line. A row with an invalid quoted value starts at `start`, and was read to `end`."""
        lines = run.block.lines
        is_long = run.block.count_characters(start, end) > MAX_ROW
        if "unexpected end" in message and not is_long:
            if end < len(lines):
                self._count_again(run.block, start, end)
                return start
            if not run.is_last:
                self._rest = lines[start:]
                return len(lines)
        code = RowCode.TOO_LONG if is_long or "limit" in message else RowCode.QUOTES
        self._reject(self.line, RowError("", code), [lines[start].rstrip("\r\n")[:_MAX_CELL]])
        self._count_again(run.block, start + 1, end)
        self.line += 1
        return start + 1

    def _count_again(self, block: LineBlock, start: int, end: int) -> None:
        """Raises InvalidTable if too much would be read again. A row with an open quote may be all that follows it."""
        self._read_again += block.count_characters(start, end)
        if self._read_again > _MAX_READ_AGAIN + _MAX_TIMES * self._characters:
            raise InvalidTable(
                Code.NOT_A_TABLE, "The rows cannot be told apart, because too many quotes do not end."
            )

    def _reject(self, line: int, error: RowError, values: list[str]) -> None:
        self._rejected.append(RejectedRow(line, [error], values))


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of `encode`: its lines and its arguments, and the rows that it has encoded so far."""

    block: LineBlock
    is_clean: bool
    is_last: bool
    most_rejected: int
    encoded: list[str] = field(default_factory=list)


def _check_length(lines: Sequence[str]) -> None:
    """Raises the error of the csv module for a row that is too long, which then ends with its first line."""
    if sum(map(len, lines)) > MAX_ROW:
        raise csv.Error("row larger than limit")


def _check_characters(column: str, value: str) -> RowError | None:
    if _REPLACEMENT in value:
        return RowError(column, RowCode.ENCODING)
    if any(character in value for character in _CONTROLS):
        return RowError(column, RowCode.CONTROL_CHARACTER)
    return None
