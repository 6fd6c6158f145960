"""The report on a table: counts, the errors of every rejected row, and the rejected rows as CSV for a spreadsheet."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from functions.domain.codes import Code
from functions.domain.steps import Json
from functions.features.table.header import Header
from functions.features.table.invalid import InvalidTable
from functions.features.table.names import shorten
from functions.features.table.rows import RejectedRow, RowError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take both widths
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_DELIMITER = re.compile(r"([;\t|,\r\n])")
_BLANK = re.compile(r'[\s"]*')
_SHOWN = 3


def neutralize(value: str) -> str:
    """Returns the value so that no spreadsheet takes it for a formula: a quote in front makes it text.

    A spreadsheet may begin a cell at each delimiter, because it splits at that of its language. A number may have a sign.
    Source: OWASP, "CSV Injection".
    """
    first, *others = _DELIMITER.split(value)
    text = first + "".join(map(_neutralize_cell, others))
    starts_formula = value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)
    return f"'{text}" if starts_formula and not _NUMBER.fullmatch(value) else text


def _neutralize_cell(cell: str) -> str:
    """Returns a delimiter as it is, and what follows one with a quote behind the space and quotes in front of a formula."""
    blank = _BLANK.match(cell)
    start = blank.end() if blank else 0
    is_formula = cell.startswith(_FORMULA, start) and not _NUMBER.fullmatch(cell[start:].rstrip())
    return f"{cell[:start]}'{cell[start:]}" if is_formula else cell


class Report:
    """Collects rejected rows. It writes each to `file` at once, because their values could fill the memory."""

    def __init__(self, file: TextIO, header: Header, max_rejected_rows: int) -> None:
        self._writer = csv.writer(file, lineterminator="\r\n")
        self._writer.writerow(["line", "errors", *map(neutralize, header.names)])
        self._max_rejected_rows = max_rejected_rows
        self._errors: list[tuple[int, RowError]] = []
        self.rows_read = 0
        self.rows_rejected = 0

    @property
    def most_rejected(self) -> int:
        """The number of rows that may still be rejected."""
        return self._max_rejected_rows - self.rows_rejected

    def reject(self, rows: Iterable[RejectedRow]) -> None:
        """Adds rejected rows. Raises InvalidTable if they are more than the kind allows."""
        for row in rows:
            self.rows_rejected += 1
            self._errors += [(row.line, error) for error in row.errors]
            if self.rows_rejected > self._max_rejected_rows:
                raise InvalidTable(Code.TOO_MANY_REJECTED_ROWS, self._describe())
            errors = "; ".join(map(_describe_error, row.errors))
            self._writer.writerow([row.line, neutralize(errors), *map(neutralize, row.values)])

    def _describe(self) -> str:
        first = [
            f"line {line}, {_describe_error(replace(error, column=shorten(error.column)))}"
            for line, error in self._errors[:_SHOWN]
        ]
        allowed = (
            f"{self._max_rejected_rows:,} invalid rows are"
            if self._max_rejected_rows != 1
            else "1 invalid row is"
        )
        return f"More rows than allowed are invalid; {allowed} allowed. The first: {'; '.join(first)}."

    def summarize(self) -> dict[str, Json]:
        """Returns the counts, for the report and for the facts of the step."""
        return {
            "rowsRead": self.rows_read,
            "rowsAccepted": self.rows_read - self.rows_rejected,
            "rowsRejected": self.rows_rejected,
        }

    def write(self, path: Path, facts: dict[str, Json]) -> None:
        """Writes the report as JSON."""
        counts = Counter(error for _, error in self._errors)
        content = {
            **self.summarize(),
            **facts,
            "errorCounts": [
                {"column": error.column, "code": error.code, "count": count}
                for error, count in counts.most_common()
            ],
            "errors": [
                {"line": line, "column": error.column, "code": error.code}
                for line, error in sorted(self._errors, key=lambda each: each[0])
            ],
        }
        path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _describe_error(error: RowError) -> str:
    return f"{error.column}: {error.code}" if error.column else str(error.code)
