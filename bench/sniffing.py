"""What telling a format costs, as a ratio to the SHA-256 of the same 4 KiB: `python -m bench.sniffing`.

Every head is filled up to 4 KiB, as that of a larger file would be: text and markup with more of themselves,
the rest with noise, which is what compressed data looks like. Rounds are interleaved, so that a busy machine
slows both sides alike. Each figure is the median over the rounds.
"""

import hashlib
import statistics
import sys
import time
from collections.abc import Callable

from functions.core.sniff import HEAD_BYTES, sniff
from tests.core.file_samples import SAMPLES

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


def main() -> int:
    """Print one line a format; 1 when one is above the bar."""
    heads = {name: head(name) for name in SAMPLES if name != "empty"}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in heads}
    for _ in range(ROUNDS):
        for name, data in heads.items():
            hashing = microseconds(lambda data=data: hashlib.sha256(data).digest())  # type: ignore[misc]
            spent[name].append((microseconds(lambda data=data: sniff(data)), hashing))  # type: ignore[misc]
    print(f"{'format':24}{'us a call':>10}{'x sha256':>10}")
    slow = 0
    for name, pairs in spent.items():
        ratio = statistics.median(ours / hashing for ours, hashing in pairs)
        slow += ratio > (BAR_OF_TEXT if name in _READ_THROUGH else BAR)
        print(f"{name:24}{statistics.median(ours for ours, _ in pairs):10.2f}{ratio:10.2f}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
