"""Cold starts: CPU time of importing a function and of its first call, compared with peers: `python -m bench.cold_start`.

Each start is a new process. The start of the interpreter is excluded, .pyc files exist, and the file system cache is
warm. On Lambda all times are longer, in the same ratios. `RSS` is the peak of the process.
"""

import statistics
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bench.contenders import OURS, PLAIN, USUAL, Contender, create_airlock_contender, find_contenders
from bench.stub import Stub, run_stub
from bench.table import Row, report
from infra.build import build
from infra.bundle import compile_all

ROUNDS = 21
BARS = {PLAIN: 1.05, USUAL: 0.75}
MB = 1_000_000
BUNDLE_BAR = 9
"""Maximum size of the zipped bundle in MB. It was 6 before boto3 was pinned in the bundle."""

FUNCTIONS = ("uploads", "documents", "pipeline", "purge", "sweeps")


def rows() -> Iterator[Row]:
    with run_stub() as aws:
        with find_contenders() as contenders:
            yield from _measure_starts(contenders, aws)
        yield from _measure_imports(aws)
    yield from _measure_bundle()


def _measure_starts(contenders: list[Contender], aws: Stub) -> Iterator[Row]:
    for contender in contenders:
        contender.run_once(aws)  # writes the .pyc files
    rounds = [{contender.name: contender.run_once(aws) for contender in contenders} for _ in range(ROUNDS)]
    for contender in contenders:
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
        if opened := contender.run_once(aws, "--count")["opened"]:
            yield Row("cold start", f"{name}: files opened", opened, "files")


def _measure_imports(aws: Stub) -> Iterator[Row]:
    """Measures the import of each function of Airlock, including the preparations of its start."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as event:
        event.write("{}")
        event.flush()
        contenders = {
            function: create_airlock_contender(function, function, event.name) for function in FUNCTIONS
        }
        rounds = [
            {name: contender.run_once(aws, "--import") for name, contender in contenders.items()}
            for _ in range(5)
        ]
        for name, contender in contenders.items():
            spent = statistics.median(turn[name]["imported"] for turn in rounds)
            yield Row("start", name, spent * 1e3, "ms CPU")
            yield Row("start", f"{name}: RSS", rounds[-1][name]["rss"] / MB, "MB")
            yield Row(
                "start",
                f"{name}: files opened",
                contender.run_once(aws, "--import", "--count")["opened"],
                "files",
            )


def _measure_bundle() -> Iterator[Row]:
    """Measures the bundle that CDK uploads.

    Without a Python of the runtime's version, CDK compiles no .pyc files. Then this Python compiles them for the size.
    """
    with tempfile.TemporaryDirectory() as folder:
        build({}, outdir=folder).synth()
        [asset] = [path.parents[1] for path in Path(folder).glob("asset.*/functions/settings.py")]
        if not any(asset.rglob("*.pyc")):
            yield from _measure_sizes(asset, "without .pyc")
            compile_all(sys.executable, str(asset))
        yield from _measure_sizes(asset, "with .pyc")


def _measure_sizes(asset: Path, variant: str) -> Iterator[Row]:
    files = [path for path in asset.rglob("*") if path.is_file()]
    with tempfile.TemporaryFile() as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(asset))
        yield Row("bundle", f"zipped, {variant}", packed.tell() / MB, "MB", bar=BUNDLE_BAR)
    yield Row("bundle", f"unzipped, {variant}", sum(file.stat().st_size for file in files) / MB, "MB")


if __name__ == "__main__":
    sys.exit(report(list(rows())))
