"""DuckDB as the engine of the step: checks the values of rows, finds duplicates and writes the valid rows.

Rows come in chunks, and each chunk leaves a Parquet file with its valid rows, so that the memory does not grow with the
file. DuckDB loads no extension: those that are used here are linked into its wheel.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from functions.features.table import checks
from functions.features.table.definition import Column, Output
from functions.features.table.header import Header
from functions.features.table.rows import (
    CARRIAGE_RETURN,
    LINE_FEED,
    MAX_ROW,
    SEPARATOR,
    RejectedRow,
    RowCode,
    RowError,
)

# ruff: noqa: S608 - columns are numbered in SQL, and what a kind or a path adds is quoted

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "384MB",
    "threads": "2",
}
_MAX_BYTES = 8 * MAX_ROW
"""Maximum size of a row in bytes: four bytes for each character, and room for the number of the line."""
_PART = "FORMAT parquet"
_FORMATS = {
    Output.PARQUET: "FORMAT parquet, COMPRESSION zstd",
    Output.NDJSON: "FORMAT json, ARRAY false, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ'",
}
_FETCH = 1_000


def connect(directory: Path) -> duckdb.DuckDBPyConnection:
    """Returns a connection that opens files of `directory` alone, and neither installs nor loads an extension."""
    database = duckdb.connect(config=_CONFIG | {"temp_directory": str(directory / "spill")})
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"SET allowed_directories = [{_quote(directory)}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


class TableEngine:
    """The rows of one file. All files that it reads and writes are in `directory`."""

    def __init__(self, directory: Path, columns: Sequence[Column], header: Header) -> None:
        self._directory = directory
        self._columns = columns
        self._header = header
        self._found = [*zip(columns, header.positions, strict=True)]
        self._names = ", ".join(f"c{index}" for index in range(len(header.names)))
        self._parts: list[str] = []
        self._database = connect(directory)
        self._database.execute("CREATE TEMP TABLE duplicates (line BIGINT, position INTEGER)")

    def close(self) -> None:
        self._database.close()

    def add(self, chunk: Path, number: int) -> Iterator[RejectedRow]:
        """Checks the `number` rows of a file that has the lines of `RowReader.encode`. Yields those that are rejected."""
        rows = self._read_csv(chunk)
        errors = [
            checks.find_error(index, column, position)
            for index, (column, position) in enumerate(self._found)
            if position is not None
        ]
        is_valid = " AND ".join(f"({error}) IS NULL" for error in errors)
        values = ", ".join(
            f"{checks.convert(column, position)} AS v{index}"
            for index, (column, position) in enumerate(self._found)
        )
        part = _quote(self._directory / f"part{len(self._parts)}.parquet")
        self._parts.append(part)
        ((accepted,),) = self._fetch(
            f"COPY (SELECT line, {values} FROM {rows} WHERE {is_valid}) TO {part} ({_PART})"
        )
        if accepted == number:
            return
        found = f"list_filter([{', '.join(errors)}], lambda error: error IS NOT NULL)"
        for line, codes, *row in self._fetch(
            f"SELECT line, {found}, {self._names} FROM {rows} WHERE NOT ({is_valid}) ORDER BY line"
        ):
            yield RejectedRow(line, [*map(self._parse_error, codes)], [*map(_restore, row)])

    def _read_csv(self, chunk: Path) -> str:
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(self._header.names)))
        return (
            f"read_csv({_quote(chunk)}, columns = {{'line': 'BIGINT', {columns}}}, auto_detect = false, header = false,"
            f" delim = '{SEPARATOR}', quote = '', escape = '', new_line = '\\n', nullstr = '{LINE_FEED * 2}',"
            f" max_line_size = {_MAX_BYTES}, buffer_size = {2 * _MAX_BYTES})"
        )

    def _parse_error(self, error: str) -> RowError:
        index, _, code = error.partition(":")
        return RowError(self._columns[int(index)].name, RowCode(code))

    def find_duplicates(self) -> Iterator[RejectedRow]:
        """Yields the rows with a value of a unique column that an earlier row has. Only valid rows count.

        Values are compared only where their hashes are equal, so that the table of all values has 8 bytes for each.
        """
        for index, column in enumerate(self._columns):
            if column.unique:
                self._database.execute(
                    f"INSERT INTO duplicates WITH repeated AS (SELECT hash(v{index}) FROM {self._rows}"
                    f" WHERE v{index} IS NOT NULL GROUP BY ALL HAVING count(*) > 1)"
                    f" SELECT line, {index} FROM (SELECT line, row_number() OVER (PARTITION BY v{index} ORDER BY line)"
                    f" AS number FROM {self._rows} WHERE hash(v{index}) IN (FROM repeated) AND v{index} IS NOT NULL)"
                    " WHERE number > 1"
                )
        return self._read_duplicates()

    def _read_duplicates(self) -> Iterator[RejectedRow]:
        found = [index for index, position in enumerate(self._header.positions) if position is not None]
        values = ", ".join(f"v{index}::VARCHAR" for index in found)
        for line, positions, *row in self._fetch(
            f"SELECT line, positions, {values} FROM {self._rows} JOIN (SELECT line, list(position ORDER BY position)"
            " AS positions FROM duplicates GROUP BY line) USING (line) ORDER BY line"
        ):
            errors = [RowError(self._columns[index].name, RowCode.DUPLICATE) for index in positions]
            by_position = {
                self._header.positions[index]: value for index, value in zip(found, row, strict=True)
            }
            yield RejectedRow(
                line, errors, [by_position.get(each) or "" for each in range(len(self._header.names))]
            )

    def write_rows(self, path: Path, output: Output) -> None:
        """Writes the rows that are valid and no duplicates, in the order of the file."""
        names = ", ".join(
            f"v{index} AS {checks.quote_name(column.name)}" for index, column in enumerate(self._columns)
        )
        # A scan keeps the order and a join does not, so only rows with duplicates among them are sorted.
        ((duplicates,),) = self._fetch("SELECT count(*) FROM duplicates")
        others = " ANTI JOIN duplicates USING (line) ORDER BY checked.line" if duplicates else ""
        self._database.execute(
            f"COPY (SELECT {names} FROM {self._rows} AS checked{others}) TO {_quote(path)} ({_FORMATS[output]})"
        )

    @property
    def _rows(self) -> str:
        return f"read_parquet([{', '.join(self._parts)}])"

    def _fetch(self, query: str) -> Iterator[tuple[Any, ...]]:
        result = self._database.execute(query)
        while rows := result.fetchmany(_FETCH):
            yield from rows


def _quote(path: Path) -> str:
    return checks.quote_text(str(path))


def _restore(value: str) -> str:
    return value.replace(LINE_FEED, "\n").replace(CARRIAGE_RETURN, "\r")
