"""CPU time of format detection, as a ratio to the SHA-256 of the same 4 KiB: `python -m bench.sniffing`.

Every head is padded to 4 KiB: text and markup with repetitions, the rest with noise that resembles compressed data.
Rounds are interleaved, so that a busy machine slows both sides equally. Each figure is the median of the rounds.
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
SIGNATURE_BAR, TEXT_BAR = 6, 50
"""Maximum ratio for formats with a signature, and for formats that require reading the whole head."""

_WITHOUT_SIGNATURE = ("json", "csv", "text")
_READABLE = (*_WITHOUT_SIGNATURE, "html", "svg", "xml", "script", "rtf", "ps")
_NOISE = hashlib.shake_256(b"compressed data").digest(HEAD_BYTES)


def padded_head(name: str) -> bytes:
    sample = SAMPLES[name]
    filler = sample * HEAD_BYTES if name in _READABLE else _NOISE
    return (sample + filler)[:HEAD_BYTES]


def measure(call: Callable[[], object]) -> float:
    """Returns the CPU time of one call in microseconds."""
    start = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - start) / CALLS * 1e6


def rows() -> Iterator[Row]:
    """Yields the slowest format with a signature and the slowest without. `ratio` is to the hash."""
    spent = _measure_all()
    for group, names, bar in (
        ("detected by its signature", spent.keys() - set(_WITHOUT_SIGNATURE), SIGNATURE_BAR),
        ("read to the end", spent.keys() & set(_WITHOUT_SIGNATURE), TEXT_BAR),
    ):
        slowest = max(names, key=lambda name: _ratio(spent[name]))
        each = statistics.median(ours for ours, _ in spent[slowest])
        name = f"slowest format {group}: {slowest}"
        yield Row("sniffing", name, each, "us CPU", _ratio(spent[slowest]), bar)


def _ratio(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(ours / hashing for ours, hashing in pairs)


def _measure_all() -> dict[str, list[tuple[float, float]]]:
    """Returns, for each format, the microseconds of (detection, hash) of each round."""
    heads = {name: padded_head(name) for name in SAMPLES if name != "empty"}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in heads}
    for _ in range(ROUNDS):
        for name, data in heads.items():
            hashing = measure(lambda data=data: hashlib.sha256(data).digest())  # type: ignore[misc]
            spent[name].append((measure(lambda data=data: sniff(data)), hashing))  # type: ignore[misc]
    return spent


if __name__ == "__main__":
    sys.exit(report(list(rows())))
