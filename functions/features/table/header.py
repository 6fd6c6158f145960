"""The header of a file: its delimiter, and the columns that it names."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from functions.domain.codes import Code
from functions.features.table.definition import AUTO, MAX_COLUMNS, Column, TableParameters, normalize_name
from functions.features.table.invalid import InvalidTable
from functions.features.table.names import shorten

_DELIMITERS = (",", ";", "\t", "|")
# The first line of a file for Excel may name the delimiter.
_HINT = re.compile(r'"?sep=([^"])"?\s*', re.IGNORECASE)
_SHOWN, _MAX_SHOWN = 10, 200


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one file.

    - `names` are the columns of the file, `lines` the number of lines up to the first row.
    - `positions` has the index in `names` of each column of the definition, None for one that the file leaves out.
    """

    delimiter: str
    names: Sequence[str]
    lines: int
    positions: Sequence[int | None]

    def find_ignored(self) -> list[str]:
        """Returns the columns of the file that the definition does not have."""
        return [name for index, name in enumerate(self.names) if index not in self.positions]


def find_header(lines: Sequence[str], parameters: TableParameters) -> Header:
    """Finds the header in the first lines. Raises InvalidTable.

    The delimiter is the one with which the header names most columns of the definition.
    """
    skipped, hint = _skip_preamble(lines)
    rest = lines[skipped:]
    if not rest:
        raise InvalidTable(Code.NOT_A_TABLE, "The file has no rows.")
    given = parameters.delimiter if parameters.delimiter != AUTO else hint
    headers = list(_try_delimiters(rest, [given] if given else _DELIMITERS, parameters.columns, skipped))
    if not headers:
        raise InvalidTable(Code.NOT_A_TABLE, "The first row is no row of a CSV file.")
    best = max(headers, key=lambda header: sum(each is not None for each in header.positions))
    _check(best, parameters.columns)
    return best


def _skip_preamble(lines: Sequence[str]) -> tuple[int, str | None]:
    """Returns the number of lines before the header, and the delimiter that one of them names."""
    hint = None
    for index, line in enumerate(lines):
        if match := _HINT.fullmatch(line):
            hint = match[1]
        elif line.strip():
            return index, hint
    return len(lines), hint


def _try_delimiters(
    lines: Sequence[str], delimiters: Sequence[str], columns: Sequence[Column], skipped: int
) -> Iterator[Header]:
    for delimiter in delimiters:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            names = [name.strip() for name in next(reader)]
        except csv.Error:
            continue
        normalized = [normalize_name(name) for name in names]
        positions = [_find(normalized, normalize_name(column.name)) for column in columns]
        yield Header(delimiter, names, skipped + reader.line_num, positions)


def _find(names: Sequence[str], name: str) -> int | None:
    return names.index(name) if name in names else None


def _check(header: Header, columns: Sequence[Column]) -> None:
    if len(header.names) > MAX_COLUMNS:
        raise InvalidTable(Code.NOT_A_TABLE, f"The first row has more than {MAX_COLUMNS} columns.")
    found = _join(header.names)
    if all(position is None for position in header.positions):
        raise InvalidTable(
            Code.COLUMNS_INVALID, f"The first row names no column of the table. It is: {found}."
        )
    missing = [
        c.name
        for c, position in zip(columns, header.positions, strict=True)
        if position is None and c.required
    ]
    if missing:
        raise InvalidTable(
            Code.COLUMNS_INVALID, f"Columns are missing: {_join(missing)}. The first row is: {found}."
        )
    normalized = [normalize_name(name) for name in header.names]
    for column in columns:
        if normalized.count(normalize_name(column.name)) > 1:
            raise InvalidTable(
                Code.COLUMNS_INVALID, f"The first row names the column {shorten(column.name)} twice."
            )


def _join(names: Sequence[str]) -> str:
    """Returns the first names for a sentence, in at most 200 characters."""
    return ", ".join(map(shorten, names[:_SHOWN]))[:_MAX_SHOWN]
