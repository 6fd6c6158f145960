"""clients/js in a real browser, against raw parallel PUTs and against Uppy: `python -m bench.upload`.

The same bytes go to the same local S3 in the same run; rounds are interleaved and begin with another contender each,
so that a busy machine slows all alike. The clock runs from the call to S3's answer that the object is made.
Each figure is the median over the rounds, with the lowest and the highest. Exits with 1 when a bar is missed. In the one table of all
benchmarks the ratio is the other way round, seconds of clients/js divided by those of the row.

`x` is the speed of clients/js divided by that of the row, of the same round. Raw PUTs are the ceiling of this
browser and this S3; Uppy is `@uppy/aws-s3` with a signer on this machine (signer.py), which has nothing to look up.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright

from bench.browser import CHROMIUM, Result, Where, chromium, upload
from bench.link import Shape, link
from bench.signer import PREFIX, signer
from bench.table import Row, report
from local.aws import HOST
from local.stack import LocalStack, start_stack
from tests.journeys.npm import build_uppy

MB, MIB, GIB = 1_000_000, 1024**2, 1024**3
PART = 64 * MIB
ENOUGH = 16 * GIB
"""Memory of a machine where files of 1 GiB are tried: the local S3 holds each as parts, as an object and as a copy."""

MEMORY_BAR = PART
"""How many bytes more a file of ten times the size may take."""

_MP4 = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42"


@dataclass(frozen=True)
class Contender:
    name: str
    function: str
    """Of browser.js."""
    options: Mapping[str, Any] = field(default_factory=dict)


AIRLOCK = Contender("clients/js", "airlock")
HASHING = Contender("clients/js, part checksums", "airlock", {"checksum": "always"})
RAW = [Contender(f"raw PUTs, {parallel} in parallel", "raw", {"parallel": parallel}) for parallel in (4, 8)]
UPPY = [
    Contender("Uppy, default part size", "uppy", {"key": f"{PREFIX}a"}),
    Contender("Uppy, parts of 64 MiB", "uppy", {"key": f"{PREFIX}b", "chunkSize": PART}),
]
CONTENDERS = [AIRLOCK, HASHING, *RAW, *UPPY]


@dataclass(frozen=True)
class Condition:
    """`bars`: the lowest `x` by contender's name. `size`: bytes."""

    name: str
    size: int
    rounds: int
    detours: Mapping[int, int]
    bars: Mapping[str, float]


@dataclass(frozen=True)
class Bench:
    """What all uploads of a run have in common."""

    stack: LocalStack
    where: Where
    folder: Path

    def upload(self, browser: Browser, size: int, contender: Contender) -> Result:
        """S3 is empty before and after."""
        file = self.folder / f"{size}.mp4"
        if not file.exists():
            _write(file, size)
        result = upload(browser, self.stack.web, file, contender.function, self.where, contender.options)
        _empty(self.stack.emulator.client("s3"), self.stack.bucket)
        return result


def _write(file: Path, size: int) -> None:
    block = os.urandom(16 * MIB)
    with file.open("wb") as output:
        output.write(_MP4)
        while (left := size - output.tell()) > 0:
            output.write(block[:left])


def _empty(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])


def compare(bench: Bench, playwright: Playwright, condition: Condition) -> Iterator[Row]:
    """Prints one line a contender."""
    size, rounds = condition.size, condition.rounds
    print(f"\n{condition.name}: {size / MIB:,.0f} MiB, {rounds} rounds", flush=True)
    spent: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
    with chromium(playwright, condition.detours) as browser:
        bench.upload(browser, MIB, RAW[0])  # starts the functions
        for turn in range(rounds):
            for contender in CONTENDERS[turn:] + CONTENDERS[:turn]:
                spent[contender.name].append(bench.upload(browser, size, contender).seconds)
    print(f"{'':32}{'seconds':>22}{'MB/s':>8}{'x':>21}{'bar':>7}")
    for name, seconds in spent.items():
        yield _row(name, seconds, spent[AIRLOCK.name], condition)


def _row(name: str, theirs: Sequence[float], ours: Sequence[float], condition: Condition) -> Row:
    """Prints the line of one contender."""
    ratios = [their / our for their, our in zip(theirs, ours, strict=True)]
    speed = condition.size / MB / statistics.median(theirs)
    bar = condition.bars.get(name, 0)
    shown = f"{bar:7.2f}" if bar else ""
    print(f"{name:32}{_spread(theirs):>22}{speed:8.1f}{_spread(ratios):>21}{shown}")
    where = f"upload: {condition.name}, {condition.size / MIB:,.0f} MiB"
    seconds, ratio = statistics.median(theirs), 1 / statistics.median(ratios)
    return Row(where, name, seconds, "s", None if theirs is ours else ratio, 1 / bar if bar else None)


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def remember(bench: Bench, playwright: Playwright, sizes: tuple[int, int]) -> Iterator[Row]:
    """Prints what the browser's memory grew by for a small file and for a large one."""
    print("\nThe browser's memory at its highest, MiB more than before the upload", flush=True)
    print(f"{'':32}{'file':>12}{'all processes':>15}{'JS heap':>9}")
    for contender in (AIRLOCK, HASHING):
        small, large = (_alone(bench, playwright, size, contender) for size in sizes)
        for size, result in zip(sizes, (small, large), strict=True):
            print(
                f"{contender.name:32}{size / MB:9,.0f} MB{result.grown / MIB:15.0f}{result.heap / MIB:9.1f}"
            )
        more = large.grown - small.grown
        print(f"{'':32}{'more':>12}{more / MIB:15.0f}{'bar':>9}{MEMORY_BAR / MIB:4.0f}")
        name = f"{contender.name}, growth for {sizes[1] / sizes[0]:.0f} times the size"
        yield Row("upload: memory", name, max(0, more) / MB, "MB", bar=MEMORY_BAR / MB)


def _alone(bench: Bench, playwright: Playwright, size: int, contender: Contender) -> Result:
    """In a browser of its own, because what one upload leaves behind hides what the next one takes."""
    with chromium(playwright, {}) as browser:
        return bench.upload(browser, size, contender)


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _ready() -> Iterator[tuple[Bench, Mapping[int, int]]]:
    """The bench, and the detours over the slow link."""
    shape = Shape(rate=10 * MB, round_trip=0.05)
    text = (build_uppy() / "uppy.mjs").read_text()
    with (
        start_stack() as stack,
        signer(stack.emulator, stack.bucket) as signs,
        link(stack.emulator.port, shape) as to_aws,
        link(signs, shape) as to_signer,
        tempfile.TemporaryDirectory() as folder,
    ):
        where = Where(stack.api, stack.users[0].access_token, f"http://{HOST}:{signs}", text)
        yield Bench(stack, where, Path(folder)), {stack.emulator.port: to_aws, signs: to_signer}


def rows() -> Iterator[Row]:
    """Prints its own tables as well, because this takes long."""
    if CHROMIUM is None:
        print("skipped: there is no Chromium on this machine (its package is called chromium)")
        return
    large = GIB if _memory() > ENOUGH else 300 * MB
    to_raw = {contender.name: 0.85 for contender in RAW}
    to_uppy = {contender.name: 2.5 for contender in UPPY}
    with _ready() as (bench, detours), sync_playwright() as playwright:
        yield from compare(bench, playwright, Condition("Loopback", large, 5, {}, to_raw))
        link_name = "10 MB/s per connection, 50 ms round trip"
        yield from compare(bench, playwright, Condition(link_name, 300 * MB, 3, detours, to_uppy))
        yield from remember(bench, playwright, (100 * MB, large))


if __name__ == "__main__":
    sys.exit(report(list(rows())))
