"""The rows of a file: the csv module finds where each one ends, and DuckDB gets them without quotes.

Only the structure is checked here. A row that breaks the rules of quotes is one rejected row, and the next line is read as
a new row, so that one missing quote does not swallow the rows behind it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

SEPARATOR = "\x1f"
"""Separates the values of a row. ASCII calls this character the unit separator."""
LINE_FEED, CARRIAGE_RETURN = "\x1e", "\x1d"
"""Stand for the line ends within a value, so that each row is one line."""

_REPLACEMENT = "\ufffd"
_CONTROLS = (SEPARATOR, LINE_FEED, CARRIAGE_RETURN, "\0")
_LINE_ENDS = str.maketrans({"\n": LINE_FEED, "\r": CARRIAGE_RETURN})
MAX_ROW = 1024**2
"""Maximum number of characters of a row, and of a line. A value has at most 128 KiB, the default of the csv module."""
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

    def take_rejected(self) -> list[RejectedRow]:
        """Returns the rows that `encode` has rejected since the last call."""
        rejected, self._rejected = self._rejected, []
        return rejected

    def encode(self, lines: list[str], *, is_last: bool) -> list[str]:
        """Returns the rows as lines for DuckDB: the number of the line and the values, joined by `SEPARATOR`.

        A quoted value that is still open waits for the next lines, unless these are the last. Rows without any value
        are left out.
        """
        pending = self._rest + lines if self._rest else lines
        self._rest = []
        text = "".join(pending)
        is_clean = not any(character in text for character in (*_CONTROLS, _REPLACEMENT))
        encoded: list[str] = []
        start = 0
        while start < len(pending):
            rest = pending[start:] if start else pending
            start += self._encode_until_error(rest, encoded, is_clean=is_clean, is_last=is_last)
        return encoded

    def _encode_until_error(
        self, lines: list[str], encoded: list[str], *, is_clean: bool, is_last: bool
    ) -> int:
        """Returns the number of lines that are done. This loop takes most of the time of a table."""
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        first, done, width = self.line, 0, len(self.columns)
        try:
            for values in reader:
                if any(values):
                    if is_clean and len(values) == width and reader.line_num == done + 1:
                        encoded.append(f"{first + done}{SEPARATOR}{SEPARATOR.join(values)}\n")
                    else:
                        _check_length(lines[done : reader.line_num])
                        self._encode_unusual(first + done, values, encoded)
                done = reader.line_num
        except csv.Error as error:
            self.line = first + done
            return done + self._skip_invalid(str(error), lines[done:], is_last=is_last)
        self.line = first + done
        return done

    def _encode_unusual(self, line: int, values: list[str], encoded: list[str]) -> None:
        if len(values) != len(self.columns):
            self._reject(line, RowError("", RowCode.COLUMN_COUNT), values)
        elif errors := [*filter(None, map(_check_characters, self.columns, values))]:
            self._reject(line, errors[0], values)
        else:
            encoded.append(f"{line}{SEPARATOR}{SEPARATOR.join(values).translate(_LINE_ENDS)}\n")

    def _skip_invalid(self, message: str, lines: list[str], *, is_last: bool) -> int:
        """Returns the number of lines that are done. The first one starts a row with an invalid quoted value."""
        is_open = "unexpected end" in message
        if is_open and not is_last and _is_short(lines):
            self._rest = lines
            return len(lines)
        is_long = "limit" in message or (is_open and not is_last)
        code = RowCode.TOO_LONG if is_long else RowCode.QUOTES
        self._reject(self.line, RowError("", code), [lines[0].rstrip("\r\n")[:_MAX_CELL]])
        self.line += 1
        return 1

    def _reject(self, line: int, error: RowError, values: list[str]) -> None:
        self._rejected.append(RejectedRow(line, [error], values))


def _is_short(lines: Sequence[str]) -> bool:
    return sum(map(len, lines)) <= MAX_ROW


def _check_length(lines: Sequence[str]) -> None:
    """Raises the error of the csv module for a row that is too long, which then ends with its first line."""
    if not _is_short(lines):
        raise csv.Error("row larger than limit")


def _check_characters(column: str, value: str) -> RowError | None:
    if _REPLACEMENT in value:
        return RowError(column, RowCode.ENCODING)
    if any(character in value for character in _CONTROLS):
        return RowError(column, RowCode.CONTROL_CHARACTER)
    return None
