"""The command `airlock` of clients/python beside `aws s3 cp`, with the same local S3: `python -m bench.airlock_command`.

Each command is a process of its own, installed with pip into an environment of its own, and its whole time counts, from its
start to its end. An upload ends when S3 has the object: `airlock` does not wait for the checks, which `aws s3 cp` does not
have, and sends each part with a SHA-256. The checks begin after the upload was timed, because the local S3 serves one request
at a time, and theirs come before the response. A download of `airlock` compares the SHA-256 of the file, and `aws s3 cp`
compares nothing. Rounds are interleaved, so that a busy machine slows both.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.packages import install_airlock, install_awscli
from bench.table import Row, report
from bench.upload import empty_bucket
from local.stack import LocalStack, start_stack
from tests.journeys.airlock_command import AirlockCommand
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4

SIZE, ROUNDS, BAR = 500_000_000, 9, 1.0
_OURS, _THEIRS = "airlock", "aws s3 cp"
_WARM_UP = 1_000_000
Contenders = Sequence[tuple[str, Callable[[], object]]]


@dataclass(frozen=True)
class Bench:
    """Both commands with one stack. Each call of a method transfers the file once."""

    stack: LocalStack
    airlock: AirlockCommand
    python: Path
    folder: Path

    def upload(self, file: Path) -> str:
        """Returns the id of the document."""
        [result] = self.airlock.run_json("upload", str(file), "--no-wait", "--no-resume")
        return str(result["document"]["id"])

    def download(self, document_id: str) -> None:
        self.airlock.run("download", document_id, "--output", str(self.folder / "ours.mp4"), "--force")

    def copy(self, source: str | Path, target: str | Path) -> None:
        """Copies with the command line of AWS."""
        environment = {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.stack.region,
            "PATH": os.environ["PATH"],
        }
        command = [str(self.python), "-m", "awscli", "s3", "cp", str(source), str(target), "--quiet"]
        command += ["--endpoint-url", self.stack.emulator.endpoint]
        subprocess.run(command, env=environment, check=True)


def rows() -> Iterator[Row]:
    """Yields the rows of both commands in both directions."""
    with start_stack() as stack, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Without a path to the source, which the installed package replaces.
        options = {"AIRLOCK_TOKEN": stack.users[0].access_token, "PYTHONPATH": ""}
        airlock = AirlockCommand(stack, folder / "home", options, [str(install_airlock())])
        bench = Bench(stack, airlock, install_awscli(), folder)
        _measure(bench, _WARM_UP, 0)
        measured = [_measure(bench, SIZE, number) for number in range(ROUNDS)]
    for way in ("upload", "download"):
        yield from _compare(way, [times[way] for times in measured])


def _measure(bench: Bench, size: int, number: int) -> dict[str, dict[str, float]]:
    """Returns the seconds of each command by direction, and empties the bucket."""
    file = bench.folder / f"{size}.mp4"
    if not file.exists():
        file.write_bytes(mp4(size))
    url, ids = f"s3://{bench.stack.bucket}/bench.mp4", list[str]()
    uploads: Contenders = [
        (_THEIRS, lambda: bench.copy(file, url)),
        (_OURS, lambda: ids.append(bench.upload(file))),
    ]
    with EventSources(bench.stack.emulator.client("lambda")).pause():
        upload = _time_each(uploads, number)
    [document_id] = ids
    _wait_until_ready(bench, document_id)
    downloads: Contenders = [
        (_THEIRS, lambda: bench.copy(url, bench.folder / "theirs.mp4")),
        (_OURS, lambda: bench.download(document_id)),
    ]
    download = _time_each(downloads, number)
    assert (bench.folder / "ours.mp4").stat().st_size == size
    empty_bucket(bench.stack.emulator.client("s3"), bench.stack.bucket)
    return {"upload": upload, "download": download}


def _time_each(contenders: Contenders, number: int) -> dict[str, float]:
    """Returns the seconds of each. Every other round begins with the other one."""
    return {name: _time(run) for name, run in contenders[:: -1 if number % 2 else 1]}


def _wait_until_ready(bench: Bench, document_id: str) -> None:
    while bench.airlock.run_json("show", document_id)[0]["status"] != "ready":
        time.sleep(0.5)


def _time(function: Callable[[], object]) -> float:
    start = time.monotonic()
    function()
    return time.monotonic() - start


def _compare(way: str, rounds: Sequence[dict[str, float]]) -> Iterator[Row]:
    title = f"{way} with a command, {SIZE / 1_000_000:,.0f} MB on loopback"
    ratio = statistics.median(times[_OURS] / times[_THEIRS] for times in rounds)
    yield Row(title, _OURS, statistics.median(times[_OURS] for times in rounds), "s")
    theirs = statistics.median(times[_THEIRS] for times in rounds)
    yield Row(title, _THEIRS, theirs, "s", ratio, BAR)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
