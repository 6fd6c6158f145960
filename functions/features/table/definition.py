"""Definition of the step `table`, and its parameters.

[contacts.table]
output = "parquet"          # or "ndjson"; default: parquet
max_rejected_rows = 1_000   # more rejected rows reject the file; default: 0
delimiter = "auto"          # or one character; default: auto
encoding = "auto"           # or a charset such as "windows-1252"; default: auto
columns = [
    { name = "email", type = "string", required = true, unique = true, pattern = "[^@ ]+@[^@ ]+" },
    { name = "birthday", type = "date" },
]
"""

import codecs
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from functions.domain.step_definitions import StepDefinition, reject_unknown
from functions.domain.steps import Json

AUTO = "auto"
MAX_COLUMNS = 1_000
"""Maximum number of columns of a file, and of a definition."""
MAX_REJECTED_ROWS = 100_000
"""Highest `max_rejected_rows`, because the report lists every error of every rejected row."""
MAX_BYTES = 5 * 1024**3
"""Largest file that one invocation of 15 minutes validates. docs/benchmarks.md has the figures."""
CONTENT_TYPES = frozenset({"text/csv", "text/tab-separated-values", "text/plain"})

MAX_NAME = 128
"""Maximum number of characters of the name of a column."""
_MAX_PATTERN = 1_000
_COLUMN = ("name", "type", "required", "unique", "pattern")
_SETTINGS = ("columns", "delimiter", "encoding", "output", "max_rejected_rows")
_DELIMITER = re.compile(r'[ -~](?<![A-Za-z0-9"])')
"""Visible ASCII and the space. The tab is accepted apart."""
_LITERALS = re.compile(r"\\[^1-9]|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
"""Escaped characters and character classes."""
_NOT_RE2 = re.compile(r"\(\?(?:[=!>#(]|<[=!]|P=)|\\[1-9]|[*+?}]\+")
"""Constructs that RE2 leaves out, because it needs no more time than in proportion to the text."""


class ColumnType(StrEnum):
    """The type of the values of a column."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class Output(StrEnum):
    """The format of the rendition `rows`."""

    PARQUET = "parquet"
    NDJSON = "ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the table. `pattern` is a regular expression of RE2 that the whole value must match, or empty."""

    name: str
    type: ColumnType = ColumnType.STRING
    required: bool = False
    unique: bool = False
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableParameters:
    """Parameters of one kind. `delimiter` and `encoding` are `auto` unless the kind sets them."""

    columns: tuple[Column, ...]
    delimiter: str = AUTO
    encoding: str = AUTO
    output: Output = Output.PARQUET
    max_rejected_rows: int = 0

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "TableParameters":
        """Returns the parameters of a task, which `parse` has checked."""
        columns = tuple(
            Column(**column | {"type": ColumnType(column["type"])}) for column in values["columns"]
        )
        return cls(**{**values, "columns": columns, "output": Output(values["output"])})


def parse(section: str, values: Mapping[str, Any]) -> Mapping[str, Json]:
    """Returns the parameters with their defaults. Raises ValueError with the invalid one."""
    reject_unknown(section, values, _SETTINGS)
    parameters = TableParameters(
        columns=_parse_columns(section, values.get("columns")),
        delimiter=_parse_delimiter(section, values.get("delimiter", AUTO)),
        encoding=_parse_encoding(section, values.get("encoding", AUTO)),
        output=_parse_output(section, values.get("output", Output.PARQUET.value)),
        max_rejected_rows=_parse_max_rejected_rows(section, values.get("max_rejected_rows", 0)),
    )
    return {**asdict(parameters), "columns": [asdict(column) for column in parameters.columns]}


def normalize_name(name: str) -> str:
    """Returns the form in which names of columns are compared: case and surrounding space do not count."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def _parse_columns(section: str, values: object) -> tuple[Column, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or not 1 <= len(values) <= MAX_COLUMNS:
        raise ValueError(f"{section}: columns is a list of 1 to {MAX_COLUMNS} columns")
    columns = tuple(_parse_column(f"{section}.columns[{index}]", each) for index, each in enumerate(values))
    names: set[str] = set()
    for column in columns:
        if normalize_name(column.name) in names:
            raise ValueError(f"{section}: the column {column.name} is listed twice")
        names.add(normalize_name(column.name))
    return columns


def _parse_column(section: str, values: object) -> Column:
    if not isinstance(values, Mapping):
        raise ValueError(f"{section} is a section with a name")  # noqa: TRY004
    reject_unknown(section, values, _COLUMN)
    name = values.get("name")
    if (
        not isinstance(name, str)
        or name != name.strip()
        or not name.isprintable()
        or not 1 <= len(name) <= MAX_NAME
    ):
        raise ValueError(f"{section}: name has 1 to {MAX_NAME} printable characters, and no space around")
    type_name = values.get("type", ColumnType.STRING.value)
    if type_name not in list(ColumnType):
        raise ValueError(f"{section}: type is one of {', '.join(ColumnType)}")
    for flag in ("required", "unique"):
        if type(values.get(flag, False)) is not bool:
            raise ValueError(f"{section}: {flag} is true or false")
    return Column(
        name=name,
        type=ColumnType(type_name),
        required=values.get("required", False),
        unique=values.get("unique", False),
        pattern=_parse_pattern(section, values.get("pattern", "")),
    )


def _parse_pattern(section: str, pattern: object) -> str:
    if not isinstance(pattern, str) or len(pattern) > _MAX_PATTERN:
        raise ValueError(f"{section}: pattern is a regular expression of up to {_MAX_PATTERN} characters")
    if _NOT_RE2.search(_LITERALS.sub("x", pattern)):
        raise ValueError(
            f"{section}: pattern has no lookaround, no reference to a group and no possessive quantifier"
        )
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{section}: pattern is not a regular expression: {error}") from error
    return pattern


def _parse_delimiter(section: str, delimiter: object) -> str:
    if delimiter == AUTO or delimiter == "\t":
        return str(delimiter)
    if not isinstance(delimiter, str) or not _DELIMITER.fullmatch(delimiter):
        raise ValueError(f"{section}: delimiter is {AUTO} or one character, and no quote, letter or digit")
    return delimiter


def _parse_encoding(section: str, encoding: object) -> str:
    if encoding == AUTO:
        return AUTO
    try:
        name = codecs.lookup(str(encoding)).name
        "".encode(name)
    except LookupError as error:
        raise ValueError(f"{section}: encoding is {AUTO} or a charset that Python knows") from error
    return name


def _parse_output(section: str, output: object) -> Output:
    if not isinstance(output, str) or output not in list(Output):
        raise ValueError(f"{section}: output is one of {', '.join(Output)}")
    return Output(output)


def _parse_max_rejected_rows(section: str, number: object) -> int:
    if type(number) is not int or not 0 <= number <= MAX_REJECTED_ROWS:
        raise ValueError(f"{section}: max_rejected_rows is 0 to {MAX_REJECTED_ROWS}")
    return number


DEFINITION = StepDefinition(
    "table", timedelta(minutes=30), parse, content_types=CONTENT_TYPES, max_bytes=MAX_BYTES
)
