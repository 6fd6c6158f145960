"""Tables, written by DuckDB, SQLite and the standard library, and text in common encodings."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from tests.corpus import File

ROWS = (0, 1, 5_000)
LANGUAGES = {
    "en": "The quick brown fox jumps over the lazy dog, and it was not amused.",
    "de": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.",
    "ru": "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
    "ja": "いろはにほへと ちりぬるを 色は匂へど 散りぬるを",
    "ar": "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر",
    "emoji": "A cat 🐈 and a dog 🐕, both 😀.",
}
ENCODINGS = {
    "en": ("utf-8", "utf-8-sig", "utf-16"),
    "de": ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "cp850"),
    "ru": ("utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"),
    "el": ("utf-8", "utf-16", "cp1253", "iso8859-7"),
    "ja": ("utf-8", "utf-16", "shift-jis", "euc-jp"),
    "ar": ("utf-8", "utf-16", "cp1256"),
    "emoji": ("utf-8", "utf-8-sig", "utf-16"),
}


def files() -> Iterator[File]:
    for rows in ROWS:
        for compression in ("snappy", "zstd", "gzip", "uncompressed"):
            yield File(
                "application/vnd.apache.parquet", f"DuckDB {rows} {compression}", _parquet(rows, compression)
            )
        for page in (512, 4096, 65_536):
            yield File("application/vnd.sqlite3", f"SQLite {rows} {page}", _sqlite(rows, page))
    yield from _texts()


def _texts() -> Iterator[File]:
    for language, encodings in ENCODINGS.items():
        prose = LANGUAGES[language]
        for encoding in encodings:
            for count in (1, 200):
                text = f"{prose}\n" * count
                yield File("text/plain", f"{language} {encoding} {count}", text.encode(encoding))
    for language, prose in LANGUAGES.items():
        row = {"id": 7, "text": prose, "more": [1.5, None, True, {"deep": [prose]}]}
        for indent in (None, 2):
            for ascii_only in (True, False):
                whole = json.dumps([row] * 60, indent=indent, ensure_ascii=ascii_only)
                yield File("application/json", f"{language} {indent} {ascii_only}", whole.encode())
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for _ in range(60))
        yield File("application/x-ndjson", language, lines.encode())
        for delimiter in (",", ";"):
            yield File("text/csv", f"{language} {delimiter}", _csv(prose, delimiter))
        yield File("text/tab-separated-values", language, _csv(prose, "\t"))
        yield File("text/markdown", language, f"# {prose}\n\n- one\n- *two*\n\n> {prose}\n".encode())


def _parquet(rows: int, compression: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cats.parquet"
        query = f"SELECT range AS id, 'cat ' || range AS name FROM range({rows})"
        duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION {compression})")
        return path.read_bytes()


def _sqlite(rows: int, page: int) -> bytes:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(f"PRAGMA page_size = {page}")
        database.execute("CREATE TABLE cats (id INTEGER PRIMARY KEY, name TEXT)")
        database.executemany("INSERT INTO cats (name) VALUES (?)", [("cat",)] * rows)
        database.commit()
        return database.serialize()
    finally:
        database.close()


def _csv(prose: str, delimiter: str) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["id", "text", "note"])
    for number in range(80):
        writer.writerow([number, prose, f'says "hi", {number}\nand more'])
    return file.getvalue().encode()
