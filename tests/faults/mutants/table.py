"""Mutants of the step `table`."""

from tests.faults.mutants.killers import TABLE_DEFINITION
from tests.faults.mutants.mutant import Mutant

_TABLE_WORKER = ("features/table/test_worker.py",)
_TABLE_ROWS = ("features/table/test_rows.py",)
_TABLE_ENGINE = ("features/table/test_engine.py",)
_TABLE_ERRORS = tuple(
    f"features/table/test_worker.py::test_each_error_has_its_line_its_column_and_its_code[{chunks}]"
    for chunks in ("one chunk", "many chunks")
)

MUTANTS = [
    Mutant(
        "a missing quote swallows the rows behind it",
        "features/table/rows.py",
        "        self.line += 1\n        return start + 1\n",
        "        self.line += len(lines) - start\n        return len(lines)\n",
        _TABLE_WORKER,
    ),
    Mutant(
        "a row with a character that separates values is accepted",
        "features/table/rows.py",
        "if any(character in value for character in _CONTROLS):",
        "if False:",
        _TABLE_ERRORS,
    ),
    Mutant(
        "invalid bytes are accepted",
        "features/table/rows.py",
        "    if _REPLACEMENT in value:",
        "    if False:",
        _TABLE_ERRORS,
    ),
    Mutant(
        "a quoted value ends with its block",
        "features/table/rows.py",
        "if not run.is_last:",
        "if False:",
        _TABLE_ERRORS,
    ),
    Mutant(
        "a row on several lines may be of any length",
        "features/table/rows.py",
        "                        _check_length(lines[start + done : start + reader.line_num])\n",
        "",
        _TABLE_WORKER,
    ),
    Mutant(
        "what follows an open quote is read again for each row",
        "features/table/rows.py",
        "        if self._read_again > _MAX_READ_AGAIN",
        "        if False and self._read_again > _MAX_READ_AGAIN",
        _TABLE_ROWS,
    ),
    Mutant(
        "the rest of a file that is rejected is read",
        "features/table/rows.py",
        " and len(self._rejected) <= most_rejected:",
        ":",
        _TABLE_ROWS,
    ),
    Mutant(
        "values are converted as leniently as DuckDB does",
        "features/table/checks.py",
        "yield f\"NOT regexp_full_match(c{position}, {quote_text(f' *{sql_type.form} *')})\", wrong_type",
        "pass",
        _TABLE_WORKER,
    ),
    Mutant(
        "a number may be infinite",
        "features/table/checks.py",
        "if column.type is ColumnType.NUMBER:",
        "if False:",
        _TABLE_WORKER,
    ),
    Mutant(
        "duplicates are written",
        "features/table/engine.py",
        " ANTI JOIN duplicates USING (line)",
        "",
        _TABLE_WORKER,
    ),
    Mutant(
        "equal hashes are equal values, and the last one stays",
        "features/table/engine.py",
        'ORDER BY line)"',
        'ORDER BY line DESC)"',
        _TABLE_WORKER,
    ),
    Mutant(
        "DuckDB may open any file",
        "features/table/engine.py",
        '    database.execute("SET enable_external_access = false")\n',
        "",
        _TABLE_ENGINE,
    ),
    Mutant(
        "the settings of DuckDB can be changed",
        "features/table/engine.py",
        '    database.execute("SET lock_configuration = true")\n',
        "",
        _TABLE_ENGINE,
    ),
    Mutant(
        "one more row than allowed may be invalid",
        "features/table/report.py",
        "if self.rows_rejected > self._max_rejected_rows:",
        "if self.rows_rejected > self._max_rejected_rows + 1:",
        _TABLE_WORKER,
    ),
    Mutant(
        "a cell of a rejected row may be a formula",
        "features/table/report.py",
        "*map(neutralize, row.values)",
        "*row.values",
        _TABLE_WORKER,
    ),
    Mutant(
        "a line may be of any length",
        "features/table/source.py",
        "if max(map(len, lines), default=0) > MAX_ROW or len(rest) > MAX_ROW:",
        "if False:",
        _TABLE_WORKER,
    ),
    Mutant(
        "a required column may be missing",
        "features/table/header.py",
        "position is None and c.required",
        "False",
        _TABLE_WORKER,
    ),
    Mutant(
        "a pattern may look around",
        "features/table/definition.py",
        'if _NOT_RE2.search(_LITERALS.sub("x", pattern)):',
        "if False:",
        TABLE_DEFINITION,
    ),
]
