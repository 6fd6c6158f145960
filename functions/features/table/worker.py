"""The worker of the step `table`: reads the file once, in ranges, and stores the valid rows and a report.

Memory and disk are bounded: the text of two ranges, the rows of one chunk, and the valid rows as Parquet.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from functions.domain.codes import Code
from functions.domain.kinds import MAX_SINGLE_PUT
from functions.domain.parts import MIB
from functions.domain.steps import Json
from functions.features.job import Job
from functions.features.table.definition import AUTO, MAX_NAME, Output, TableParameters
from functions.features.table.engine import TableEngine
from functions.features.table.header import Header, find_header
from functions.features.table.invalid import InvalidTable
from functions.features.table.names import shorten, take_first
from functions.features.table.report import Report
from functions.features.table.rows import MAX_ROW, RowReader
from functions.features.table.source import BLOCK, detect_encoding, read_lines
from functions.pipeline.step import Passed, Rejected

_CHUNK = 64 * MIB
"""Characters that DuckDB gets at a time."""
_CONTENT_TYPES = {
    Output.PARQUET: "application/vnd.apache.parquet",
    Output.NDJSON: "application/x-ndjson",
}

Block = tuple[list[str], int]
"""Lines, and how many bytes have been read."""


@dataclass(frozen=True, slots=True)
class TableWorker:
    """Implements `functions.features.job.StepWorker`. `block_size` is in bytes, `chunk_size` in characters."""

    block_size: int = BLOCK
    chunk_size: int = _CHUNK

    def work(self, job: Job) -> Passed | Rejected:
        parameters = TableParameters.from_json(job.task.parameters)
        try:
            return Passed(self._validate(job, parameters))
        except InvalidTable as error:
            return Rejected(error.code, error.detail)

    def _validate(self, job: Job, parameters: TableParameters) -> dict[str, Json]:
        if job.task.size == 0:
            raise InvalidTable(Code.NOT_A_TABLE, "The file is empty.")
        encoding = parameters.encoding
        if encoding == AUTO:
            encoding = detect_encoding(job.read, job.task.size)
        blocks = read_lines(job.read, job.task.size, encoding, self.block_size)
        header, rest = _read_header(blocks, parameters, job.task.size)
        facts: dict[str, Json] = {
            "encoding": encoding,
            "delimiter": header.delimiter,
        }
        ignored = header.find_ignored()
        with (job.directory / "rejected.csv").open("w", encoding="utf-8-sig", newline="") as file:
            report = Report(file, header, parameters.max_rejected_rows)
            with closing(TableEngine(job.directory, parameters.columns, header)) as engine:
                self._check_rows(job, engine, report, header, chain([rest], blocks))
                report.reject(engine.find_duplicates())
                engine.write_rows(job.directory / "rows", parameters.output)
        report.write(job.directory / "report.json", facts | {"ignoredColumns": ignored})
        _store(job, parameters.output)
        first: list[Json] = [*take_first(ignored)]
        return report.summarize() | facts | {"ignoredColumns": first, "ignoredColumnCount": len(ignored)}

    def _check_rows(
        self, job: Job, engine: TableEngine, report: Report, header: Header, blocks: Iterator[Block]
    ) -> None:
        chunk = job.directory / "chunk"
        # Each error of a row has its column.
        names = [shorten(name, MAX_NAME) for name in header.names]
        reader = RowReader(header.delimiter, names, header.lines + 1)
        encoded = _encode(blocks, reader, report, job.task.size)
        position = 0
        while position < job.task.size:
            number, position = self._write_chunk(chunk, encoded)
            report.reject(engine.add(chunk, number))
            if position < job.task.size:
                job.report_progress(f"Checking rows, {100 * position // job.task.size} % so far.")

    def _write_chunk(self, chunk: Path, encoded: Iterator[Block]) -> tuple[int, int]:
        """Writes the next rows to a file. Returns their number, and how many bytes have been read."""
        number, written, position = 0, 0, 0
        with chunk.open("w", encoding="utf-8", newline="") as file:
            for rows, read in encoded:
                position = read
                number += len(rows)
                written += file.write("".join(rows))
                if written >= self.chunk_size:
                    break
        return number, position


def _read_header(blocks: Iterator[Block], parameters: TableParameters, size: int) -> tuple[Header, Block]:
    """Returns the header, and the lines behind it that have been read with it. Raises InvalidTable."""
    lines: list[str] = []
    for block, position in blocks:
        lines += block
        try:
            header = find_header(lines, parameters)
        except InvalidTable:
            if position >= min(size, MAX_ROW):
                raise
        else:
            return header, (lines[header.lines :], position)
    raise AssertionError("the last block has the position of the end")


def _encode(blocks: Iterator[Block], reader: RowReader, report: Report, size: int) -> Iterator[Block]:
    """Yields the rows of each block for DuckDB. Reports those whose structure is invalid."""
    for lines, position in blocks:
        rows = reader.encode(lines, is_last=position >= size, most_rejected=report.most_rejected)
        rejected = reader.take_rejected()
        report.rows_read += len(rows) + len(rejected)
        report.reject(rejected)
        yield rows, position


def _store(job: Job, output: Output) -> None:
    rows = job.directory / "rows"
    if rows.stat().st_size > MAX_SINGLE_PUT:
        raise InvalidTable(
            Code.TABLE_TOO_LARGE, "The valid rows are more than 5 GiB in the format of this kind."
        )
    job.store_rendition("rows", rows, _CONTENT_TYPES[output])
    job.store_rendition("report", job.directory / "report.json", "application/json")
    job.store_rendition("rejected", job.directory / "rejected.csv", "text/csv")


def create_worker() -> TableWorker:
    return TableWorker()
