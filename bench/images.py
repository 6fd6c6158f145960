"""A photo of 24 megapixels to three WebP, by the step `image` and by sharp: CPU time and memory of one process each.

Both start a process for the photo, as a function does that must survive a hostile one. `python -m bench.images`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PIL import Image

from bench.packages import install_node_modules
from bench.table import Row, report
from functions.features.image.parameters import ImageParameters
from functions.features.image.sandbox import MODULE, Limits, create_job
from tests.journeys.npm import NODE

_ROOT = Path(__file__).parents[1]
SIZES = {"large": 2_048, "medium": 1_024, "thumbnail": 256}
_ROUNDS = 3
_BENCH = "image: 24 MP JPEG to three sizes"
_LIMITS = Limits(memory=1_792 << 20, cpu_seconds=60, seconds=60)
_MAX_RATIO = 2.0
"""Bar of the CPU time beside sharp, which is written in C++ alone."""
_MAX_MEMORY = 400
"""Bar in MB, a fifth of the function's memory."""


@dataclass(frozen=True)
class Usage:
    """CPU time in seconds, and the maximum resident memory in MB."""

    cpu: float
    memory: float


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        # In another process, because the memory of this one counts as that of the processes that it starts.
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            photo = pool.submit(create_photo, folder).result()
        python, sharp = [sys.executable, *MODULE], _describe_sharp(photo, folder)
        rounds = [
            (_measure(python, _describe_job(photo, folder, "webp")), _measure(sharp)) for _ in range(_ROUNDS)
        ]
        avif = _measure(python, _describe_job(photo, folder, "avif"))
    ours, theirs = (_summarise(usages) for usages in zip(*rounds, strict=True))
    yield Row(_BENCH, "Airlock, WebP", ours.cpu, "s CPU")
    yield Row(_BENCH, "Airlock, WebP: memory", ours.memory, "MB", bar=_MAX_MEMORY)
    yield Row(_BENCH, "sharp, WebP", theirs.cpu, "s CPU", ours.cpu / theirs.cpu, _MAX_RATIO)
    yield Row(_BENCH, "sharp, WebP: memory", theirs.memory, "MB", ours.memory / theirs.memory)
    yield Row(_BENCH, "Airlock, AVIF", avif.cpu, "s CPU")
    yield Row(_BENCH, "Airlock, AVIF: memory", avif.memory, "MB", bar=_MAX_MEMORY)


def create_photo(folder: Path) -> Path:
    """Writes noise that is smooth as a photo is, in 6,000 x 4,000 pixels."""
    channels = [Image.effect_noise((750, 500), 60 + each).resize((6_000, 4_000)) for each in range(3)]
    path = folder / "photo.jpg"
    Image.merge("RGB", channels).save(path, quality=88)
    return path


def _describe_job(photo: Path, folder: Path, format: str) -> str:
    return create_job(photo, "image/jpeg", ImageParameters(sizes=SIZES, format=format), folder, _LIMITS)


def _describe_sharp(photo: Path, folder: Path) -> list[str]:
    script = install_node_modules() / "images.mjs"
    return [
        str(NODE),
        str(script),
        str(photo),
        str(folder),
        *(f"{name}={edge}" for name, edge in SIZES.items()),
    ]


def _measure(command: Sequence[str], job: str = "") -> Usage:
    """Runs a command to its end. Raises RuntimeError if it fails."""
    process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(job.encode())
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[1]} ended with {process.returncode}")
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)


def _summarise(usages: Sequence[Usage]) -> Usage:
    return Usage(median(each.cpu for each in usages), max(each.memory for each in usages))


if __name__ == "__main__":
    sys.exit(report(list(rows())))
