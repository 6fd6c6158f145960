"""The JavaScript client in a real browser, compared with raw parallel PUTs and with Uppy: `python -m bench.upload`.

All contenders send the same bytes to the same local S3 in the same run. Rounds are interleaved and each starts with
another contender, so that a busy machine slows all equally. The time is measured until S3 responds that the object is
created. Each printed figure is the median of the rounds, with minimum and maximum.

The printed `x` is the speed of clients/js divided by that of the row in the same round. The table of all benchmarks shows
the reciprocal: seconds of clients/js divided by those of the row. Raw PUTs are the maximum speed of this browser and this
S3. Uppy is `@uppy/aws-s3` with a local signer (uppy_signer.py). The exit code is 1 if a bar is missed.
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

from bench.browser import CHROMIUM, Environment, Result, launch_chromium, upload
from bench.slow_link import LinkSpeed, run_link
from bench.table import Row, report
from bench.uppy_signer import PREFIX, run_uppy_signer
from local.aws import HOST
from local.stack import LocalStack, start_stack
from tests.journeys.npm import build_uppy

MB, MIB, GIB = 1_000_000, 1024**2, 1024**3
PART = 64 * MIB
LARGE_MACHINE = 16 * GIB
"""Minimum memory for files of 1 GiB, because the local S3 keeps each as parts, as an object and as a copy."""

MEMORY_BAR = PART
"""Maximum growth of memory in bytes for a file of ten times the size."""

_MP4 = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42"


@dataclass(frozen=True)
class Contender:
    """A way to upload: a function of browser.js and its options."""

    name: str
    function: str
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
    """The network and the file of a comparison.

    `size` is in bytes. `port_map` leads local ports over the slow link. `bars` are the minimum `x` by name of contender.
    """

    name: str
    size: int
    rounds: int
    port_map: Mapping[int, int]
    bars: Mapping[str, float]


@dataclass(frozen=True)
class Bench:
    """The stack and the files of a run."""

    stack: LocalStack
    environment: Environment
    folder: Path

    def upload(self, browser: Browser, size: int, contender: Contender) -> Result:
        """Uploads one file and empties the bucket afterwards."""
        file = self.folder / f"{size}.mp4"
        if not file.exists():
            _write_file(file, size)
        result = upload(
            browser, self.stack.web, file, contender.function, self.environment, contender.options
        )
        empty_bucket(self.stack.emulator.client("s3"), self.stack.bucket)
        return result


def _write_file(file: Path, size: int) -> None:
    block = os.urandom(16 * MIB)
    with file.open("wb") as output:
        output.write(_MP4)
        while (left := size - output.tell()) > 0:
            output.write(block[:left])


def empty_bucket(s3: Any, bucket: str) -> None:
    """Deletes every version, because the local S3 keeps them in memory."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in page.get("Versions", []) + page.get("DeleteMarkers", []):
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])


def compare_speed(bench: Bench, playwright: Playwright, condition: Condition) -> Iterator[Row]:
    """Prints and yields one row for each contender."""
    size, rounds = condition.size, condition.rounds
    print(f"\n{condition.name}: {size / MIB:,.0f} MiB, {rounds} rounds", flush=True)
    spent: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
    with launch_chromium(playwright, condition.port_map) as browser:
        bench.upload(browser, MIB, RAW[0])  # the cold start of the functions
        for turn in range(rounds):
            for contender in CONTENDERS[turn:] + CONTENDERS[:turn]:
                spent[contender.name].append(bench.upload(browser, size, contender).seconds)
    print(f"{'':32}{'seconds':>22}{'MB/s':>8}{'x':>21}{'bar':>7}")
    for name, seconds in spent.items():
        yield _compare_row(name, seconds, spent[AIRLOCK.name], condition)


def _compare_row(name: str, theirs: Sequence[float], ours: Sequence[float], condition: Condition) -> Row:
    """Prints and returns the row of one contender."""
    ratios = [their / our for their, our in zip(theirs, ours, strict=True)]
    speed = condition.size / MB / statistics.median(theirs)
    bar = condition.bars.get(name, 0)
    printed_bar = f"{bar:7.2f}" if bar else ""
    print(f"{name:32}{_format_spread(theirs):>22}{speed:8.1f}{_format_spread(ratios):>21}{printed_bar}")
    title = f"upload: {condition.name}, {condition.size / MIB:,.0f} MiB"
    seconds, ratio = statistics.median(theirs), 1 / statistics.median(ratios)
    return Row(title, name, seconds, "s", None if theirs is ours else ratio, 1 / bar if bar else None)


def _format_spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def compare_memory(bench: Bench, playwright: Playwright, sizes: tuple[int, int]) -> Iterator[Row]:
    """Prints and yields the growth of the browser's memory for a small file and for a large one."""
    print("\nMaximum growth of the browser's memory during the upload in MiB", flush=True)
    print(f"{'':32}{'file':>12}{'all processes':>15}{'JS heap':>9}")
    for contender in (AIRLOCK, HASHING):
        small, large = (_upload_in_new_browser(bench, playwright, size, contender) for size in sizes)
        for size, result in zip(sizes, (small, large), strict=True):
            print(
                f"{contender.name:32}{size / MB:9,.0f} MB{result.memory_growth / MIB:15.0f}{result.heap / MIB:9.1f}"
            )
        growth = large.memory_growth - small.memory_growth
        print(f"{'':32}{'growth':>12}{growth / MIB:15.0f}{'bar':>9}{MEMORY_BAR / MIB:4.0f}")
        name = f"{contender.name}, growth for {sizes[1] / sizes[0]:.0f} times the size"
        yield Row("upload: memory", name, max(0, growth) / MB, "MB", bar=MEMORY_BAR / MB)


def _upload_in_new_browser(bench: Bench, playwright: Playwright, size: int, contender: Contender) -> Result:
    """Uploads in a new browser, because the memory that an upload leaves behind hides the growth of the next one."""
    with launch_chromium(playwright, {}) as browser:
        return bench.upload(browser, size, contender)


def _physical_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _run_bench() -> Iterator[tuple[Bench, Mapping[int, int]]]:
    """Runs the stack, the signer and the slow links. Yields the bench and the port map of the slow links."""
    speed = LinkSpeed(rate=10 * MB, round_trip=0.05)
    text = (build_uppy() / "uppy.mjs").read_text()
    with (
        start_stack() as stack,
        run_uppy_signer(stack.emulator, stack.bucket) as signer_port,
        run_link(stack.emulator.port, speed) as slow_aws_port,
        run_link(signer_port, speed) as slow_signer_port,
        tempfile.TemporaryDirectory() as folder,
    ):
        environment = Environment(
            stack.api, stack.users[0].access_token, f"http://{HOST}:{signer_port}", text
        )
        port_map = {stack.emulator.port: slow_aws_port, signer_port: slow_signer_port}
        yield Bench(stack, environment, Path(folder)), port_map


def rows() -> Iterator[Row]:
    """Yields all rows. Also prints them one by one, because the comparison takes long."""
    if CHROMIUM is None:
        print("skipped: Chromium is not installed (the package is called chromium)")
        return
    large = GIB if _physical_memory() > LARGE_MACHINE else 300 * MB
    raw_bars = {contender.name: 0.85 for contender in RAW}
    uppy_bars = {contender.name: 2.5 for contender in UPPY}
    with _run_bench() as (bench, slow_ports), sync_playwright() as playwright:
        yield from compare_speed(bench, playwright, Condition("Loopback", large, 5, {}, raw_bars))
        name = "10 MB/s per connection, 50 ms round trip"
        yield from compare_speed(bench, playwright, Condition(name, 300 * MB, 3, slow_ports, uppy_bars))
        yield from compare_memory(bench, playwright, (100 * MB, large))


if __name__ == "__main__":
    sys.exit(report(list(rows())))
