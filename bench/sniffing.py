"""What telling a format costs, as a ratio to the SHA-256 of the same 4 KiB: `python -m bench.sniffing`.

Every head is filled up to 4 KiB, as that of a larger file would be: text and markup with more of themselves,
the rest with noise, which is what compressed data looks like. Rounds are interleaved, so that a busy machine
slows both sides alike. Each figure is the median over the rounds.
"""

import hashlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator

from bench.table import Row, report
from functions.detection import HEAD_BYTES, sniff
from tests.detection.file_samples import SAMPLES

ROUNDS = 15
CALLS = 200
BAR, BAR_OF_TEXT = 6, 50
"""The largest ratios accepted: where a signature settles it, and where all of the head has to be read."""

_READ_THROUGH = ("json", "csv", "text")
_READABLE = (*_READ_THROUGH, "html", "svg", "xml", "script", "rtf", "ps")
_NOISE = hashlib.shake_256(b"compressed data").digest(HEAD_BYTES)


def head(name: str) -> bytes:
    sample = SAMPLES[name]
    filler = sample * HEAD_BYTES if name in _READABLE else _NOISE
    return (sample + filler)[:HEAD_BYTES]


def microseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - start) / CALLS * 1e6


def rows() -> Iterator[Row]:
    """The slowest formats of either sort; `ratio` is to the hash."""
    spent = _measured()
    for sort, names, bar in (
        ("detected by its signature", spent.keys() - set(_READ_THROUGH), BAR),
        ("read to the end", spent.keys() & set(_READ_THROUGH), BAR_OF_TEXT),
    ):
        slowest = max(names, key=lambda name: _ratio(spent[name]))
        each = statistics.median(ours for ours, _ in spent[slowest])
        yield Row(
            "sniffing", f"slowest format {sort}: {slowest}", each, "us CPU", _ratio(spent[slowest]), bar
        )


def _ratio(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(ours / hashing for ours, hashing in pairs)


def _measured() -> dict[str, list[tuple[float, float]]]:
    """Format -> (its microseconds, those of the hash) of each round."""
    heads = {name: head(name) for name in SAMPLES if name != "empty"}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in heads}
    for _ in range(ROUNDS):
        for name, data in heads.items():
            hashing = microseconds(lambda data=data: hashlib.sha256(data).digest())  # type: ignore[misc]
            spent[name].append((microseconds(lambda data=data: sniff(data)), hashing))  # type: ignore[misc]
    return spent


if __name__ == "__main__":
    sys.exit(report(list(rows())))
