"""The text of a file: its encoding, and its lines."""

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import chardet

from functions.domain.codes import Code
from functions.features.table.invalid import InvalidTable
from functions.features.table.rows import MAX_ROW

Read = Callable[[int, int], bytes]
"""Takes a start and a length in bytes."""

BLOCK = 8 * 1024**2
"""Bytes of one read. Two blocks are in memory, because the next one is read in advance."""

_HEAD = 256 * 1024
_SAMPLE = 64 * 1024
_SAMPLES = 15
_MARKS = (
    # UTF-32 first, because its mark starts with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEGACY = (
    *(f"windows-{page}" for page in (874, *range(1250, 1259))),
    *("koi8-r", "gb18030", "big5", "cp932", "euc-jp", "iso-2022-jp", "cp949"),
)
_WESTERN = "cp1252"
_LATIN = frozenset({_WESTERN, "cp1250", "cp1254", "cp1257", "cp1258"})
_CLOSE = 0.9
"""Share of the best confidence that Windows-1252 needs. Text of another page of Latin gives it at most 0.6."""
_MARK = "\ufeff"


def detect_encoding(read: Read, size: int) -> str:
    """Returns the name of a codec of Python. Raises InvalidTable for what is no text.

    Text without a byte order mark is UTF-8 if its samples are. chardet detects other encodings.
    """
    head = read(0, min(_HEAD, size))
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _find_wide(head):
        return wide
    samples = [sample for sample in (head, *_read_samples(read, size)) if not sample.isascii()]
    return "utf-8" if _is_utf8(samples) else _detect_legacy(b"\n".join(samples))


def _find_wide(head: bytes) -> str | None:
    """Returns UTF-16 without a mark. The comma, the digits and the line ends of any table have a zero byte."""
    even = head[: len(head) // 2 * 2]
    if b"\0" not in head:
        return None
    for name, high in (("utf-16-le", even[1::2]), ("utf-16-be", even[::2])):
        low = even[::2] if name == "utf-16-le" else even[1::2]
        if high.count(0) > low.count(0) and low.count(0) == 0:
            return name
    raise InvalidTable(Code.NOT_A_TABLE, "The file contains zero bytes, so it is no text.")


def _read_samples(read: Read, size: int) -> Iterator[bytes]:
    """Yields samples from the rest of the file, because the first character beyond ASCII may come late."""
    if size <= _HEAD:
        return
    step = max((size - _HEAD) // _SAMPLES, _SAMPLE)
    for start in range(_HEAD, size, step):
        # From the first line end on, because a sample may start within a character.
        yield read(start, min(_SAMPLE, size - start)).partition(b"\n")[2]


def _is_utf8(samples: Iterable[bytes]) -> bool:
    """Returns True for UTF-8 with a few invalid bytes too: other encodings have hardly any of its sequences."""
    invalid = valid = 0
    for sample in samples:
        decoded, _ = codecs.utf_8_decode(sample, "replace", False)  # a sample may end within a character
        invalid += decoded.count("\ufffd") - sample.count(b"\xef\xbf\xbd")
        valid += len(sample) - len(decoded.encode("ascii", "ignore"))
    return invalid == 0 or invalid * 20 <= valid


def _detect_legacy(text: bytes) -> str:
    """Returns an encoding of Windows, or of several bytes a character. Windows-1252 wins where another one is hardly better."""
    found = chardet.detect_all(text, ignore_threshold=True, include_encodings=_LEGACY)
    confidence = {
        codecs.lookup(each["encoding"]).name: each["confidence"] for each in found if each["encoding"]
    }
    best = max(confidence, key=confidence.__getitem__, default=_WESTERN)
    if best in _LATIN and confidence.get(_WESTERN, 0) >= _CLOSE * confidence[best]:
        return _WESTERN
    return best


def read_lines(
    read: Read, size: int, encoding: str, block_size: int = BLOCK
) -> Iterator[tuple[list[str], int]]:
    """Yields the lines of each block with their line ends, and how many bytes have been read.

    Bytes that are invalid become U+FFFD. Raises InvalidTable for a line above `MAX_ROW`.
    """
    rest = ""
    for text, position in _read_text(read, size, encoding, block_size):
        lines = io.StringIO(rest + text, newline="").readlines()
        # The last line may continue in the next block, even behind its CR.
        rest = lines.pop() if lines and position < size else ""
        if max(map(len, lines), default=0) > MAX_ROW or len(rest) > MAX_ROW:
            raise InvalidTable(Code.NOT_A_TABLE, f"A line has more than {MAX_ROW:,} characters.")
        yield lines, position


def _read_text(read: Read, size: int, encoding: str, block_size: int) -> Iterator[tuple[str, int]]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block, position in _read_ahead(read, size, block_size):
        text = decoder.decode(block, position >= size)
        yield (text.removeprefix(_MARK) if position == len(block) else text), position


def _read_ahead(read: Read, size: int, length: int) -> Iterator[tuple[bytes, int]]:
    """Yields the blocks and the position behind each. The next block is read in a thread meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        future: Future[bytes] = pool.submit(read, 0, length)
        for end in range(length, size + length, length):
            block = future.result()
            if end < size:
                future = pool.submit(read, end, length)
            yield block, min(end, size)
