"""Cold starts: CPU of importing a function and of its first call, beside what others start: `python -m bench.cold_start`.

A new process each time, its interpreter's own start not counted; .pyc are there, and the file system is warm. On Lambda everything takes
longer, in the same ratios. `opened` are files, `RSS` is the highest of the process.
"""

import statistics
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bench.contenders import OURS, PLAIN, USUAL, Contender, contenders, ours
from bench.stub import Stub, stub
from bench.table import Row, report
from infra.build import build
from infra.bundle import compile_all

ROUNDS = 11
BARS = {PLAIN: 1.05, USUAL: 0.75}
MB = 1_000_000
BUNDLE_BAR = 6

FUNCTIONS = ("uploads", "documents", "pipeline", "purge", "sweeps")


def rows() -> Iterator[Row]:
    with stub() as aws:
        with contenders() as found:
            yield from _starts(found, aws)
        yield from _imports(aws)
    yield from _bundle()


def _starts(found: list[Contender], aws: Stub) -> Iterator[Row]:
    for contender in found:
        contender.once(aws)  # writes the .pyc
    rounds = [{contender.name: contender.once(aws) for contender in found} for _ in range(ROUNDS)]
    for contender in found:
        name = contender.name
        spent = [turn[name]["imported"] + turn[name]["first"] for turn in rounds]
        first = statistics.median(turn[name]["first"] for turn in rounds)
        ratios = [
            (turn[OURS]["imported"] + turn[OURS]["first"]) / own
            for turn, own in zip(rounds, spent, strict=True)
        ]
        ratio = None if name == OURS else statistics.median(ratios)
        yield Row("cold start", name, statistics.median(spent) * 1e3, "ms CPU", ratio, BARS.get(name))
        yield Row("cold start", f"{name}: first call", first * 1e3, "ms CPU")
        yield Row("cold start", f"{name}: RSS", rounds[-1][name]["rss"] / MB, "MB")
        if counted := contender.once(aws, "--count")["opened"]:
            yield Row("cold start", f"{name}: files opened", counted, "files")


def _imports(aws: Stub) -> Iterator[Row]:
    """Of each function of ours, what it prepares while it starts included."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as event:
        event.write("{}")
        event.flush()
        found = {function: ours(function, function, event.name) for function in FUNCTIONS}
        rounds = [
            {name: contender.once(aws, "--import") for name, contender in found.items()} for _ in range(5)
        ]
        for name, contender in found.items():
            spent = statistics.median(turn[name]["imported"] for turn in rounds)
            yield Row("start", name, spent * 1e3, "ms CPU")
            yield Row("start", f"{name}: RSS", rounds[-1][name]["rss"] / MB, "MB")
            yield Row(
                "start",
                f"{name}: files opened",
                contender.once(aws, "--import", "--count")["opened"],
                "files",
            )


def _bundle() -> Iterator[Row]:
    """What is uploaded, as CDK packs it. Where no Python of the runtime's version compiles it, this one's .pyc give the size."""
    with tempfile.TemporaryDirectory() as folder:
        build({}, outdir=folder).synth()
        [asset] = [path.parents[1] for path in Path(folder).glob("asset.*/functions/wiring.py")]
        if not any(asset.rglob("*.pyc")):
            yield from _sizes(asset, "without .pyc")
            compile_all(sys.executable, str(asset))
        yield from _sizes(asset, "with .pyc")


def _sizes(asset: Path, what: str) -> Iterator[Row]:
    files = [path for path in asset.rglob("*") if path.is_file()]
    with tempfile.TemporaryFile() as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(asset))
        yield Row("bundle", f"zipped, {what}", packed.tell() / MB, "MB", bar=BUNDLE_BAR)
    yield Row("bundle", f"unzipped, {what}", sum(file.stat().st_size for file in files) / MB, "MB")


if __name__ == "__main__":
    sys.exit(report(list(rows())))
