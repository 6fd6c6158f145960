"""SQL that checks and converts the values of the columns. Values come as text, and an empty one is missing.

Columns of the file are `c0`, `c1` ..., those of the definition `v0`, `v1` ...
"""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.features.table.definition import Column, ColumnType
from functions.features.table.rows import CARRIAGE_RETURN, LINE_FEED, RowCode


@dataclass(frozen=True, slots=True)
class _SqlType:
    """A type of DuckDB. Its cast is more lenient than `form`, the regular expression of the values that are accepted."""

    name: str
    form: str = ""


_TYPES = {
    ColumnType.STRING: _SqlType("VARCHAR"),
    ColumnType.INTEGER: _SqlType("BIGINT", r"[+-]?\d{1,19}"),
    ColumnType.NUMBER: _SqlType("DOUBLE", r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?"),
    ColumnType.DECIMAL: _SqlType("DECIMAL(38, 9)", r"[+-]?\d{1,29}(\.\d{1,9})?"),
    ColumnType.BOOLEAN: _SqlType("BOOLEAN", r"(?i:true|false|yes|no|1|0)"),
    ColumnType.DATE: _SqlType("DATE", r"\d{4}-\d{2}-\d{2}"),
    # Without an offset it is UTC, which is the time zone of the connection.
    ColumnType.TIMESTAMP: _SqlType(
        "TIMESTAMPTZ", r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?"
    ),
}


def convert(column: Column, position: int | None) -> str:
    """Returns the value of a column, NULL if it is missing. `position` is its index in the file."""
    sql_type = _TYPES[column.type]
    if position is None:
        return f"NULL::{sql_type.name}"
    if sql_type.form:
        return f"TRY_CAST(c{position} AS {sql_type.name})"
    return f"CASE WHEN NOT {_is_empty(position)} THEN {_text(position)} END"


def find_error(index: int, column: Column, position: int) -> str:
    """Returns the error of a value: `{index of the column}:{code}`, NULL for a valid one."""
    cases = " ".join(
        f"WHEN {condition} THEN {result}" for condition, result in _cases(index, column, position)
    )
    return f"CASE {cases} END"


def quote_name(name: str) -> str:
    """Returns a name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """Returns a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _cases(index: int, column: Column, position: int) -> Iterator[tuple[str, str]]:
    """Yields conditions and what they mean. The first one that holds counts."""
    yield _is_empty(position), f"'{index}:{RowCode.REQUIRED}'" if column.required else "NULL"
    wrong_type = f"'{index}:{RowCode.TYPE}'"
    sql_type = _TYPES[column.type]
    if sql_type.form:
        yield f"NOT regexp_full_match(c{position}, {quote_text(f' *{sql_type.form} *')})", wrong_type
        yield f"{convert(column, position)} IS NULL", wrong_type
    if column.type is ColumnType.NUMBER:
        yield f"isinf({convert(column, position)})", wrong_type
    if column.pattern:
        pattern = quote_text(column.pattern)
        yield f"NOT regexp_full_match({_text(position)}, {pattern})", f"'{index}:{RowCode.PATTERN}'"


def _is_empty(position: int) -> str:
    """Returns a condition. TRIM takes twenty times as long as a comparison, so that it waits for a space in front."""
    return f"(c{position} = '' OR (starts_with(c{position}, ' ') AND TRIM(c{position}) = ''))"


def _text(position: int) -> str:
    """Returns the text with its line ends. TRANSLATE takes fifty times as long as a search."""
    is_multiline = f"(contains(c{position}, '{LINE_FEED}') OR contains(c{position}, '{CARRIAGE_RETURN}'))"
    restored = f"TRANSLATE(c{position}, '{LINE_FEED}{CARRIAGE_RETURN}', chr(10) || chr(13))"
    return f"CASE WHEN {is_multiline} THEN {restored} ELSE c{position} END"
