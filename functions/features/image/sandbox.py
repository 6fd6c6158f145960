"""Conversion in a process of its own, with limits of memory and CPU time.

An image that crashes a decoder, or takes all the memory or time, ends that process. The verdict is then a rejection, because
the same bytes would do the same to every attempt.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from functions.domain.codes import Code
from functions.features.image.converted import Converted
from functions.features.image.parameters import ImageParameters
from functions.pipeline.step import Rejected

_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH")
"""Variables that the process gets. The credentials of the role are in others."""

MODULE = ("-s", "-m", "functions.features.image.process")
"""Arguments of Python."""

_CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP}
)


class ConversionFailed(Exception):  # noqa: N818 - it is not known whose error it is
    """The process has ended without a verdict. The task comes again, and the document fails after the last try."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one conversion: bytes of address space, seconds of CPU time, and seconds in all.

    CPU time depends on the file alone. The time in all depends on the machine too.
    """

    memory: int
    cpu_seconds: int
    seconds: float


def convert_in_process(
    source: Path, content_type: str, parameters: ImageParameters, directory: Path, limits: Limits
) -> list[Converted] | Rejected:
    """Writes the renditions to the directory. Raises ConversionFailed."""
    try:
        ended = _run(create_job(source, content_type, parameters, directory, limits), limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise ConversionFailed("The process took too long.") from error
    if ended.returncode != 0:
        return _explain(ended)
    outcome = json.loads(ended.stdout)
    if "code" in outcome:
        return Rejected(Code.parse(outcome["code"]), outcome["detail"])
    return [Converted(**each) for each in outcome["renditions"]]


def create_job(
    source: Path, content_type: str, parameters: ImageParameters, directory: Path, limits: Limits
) -> str:
    """Returns the standard input of the process."""
    return json.dumps(
        {
            "source": str(source),
            "contentType": content_type,
            "parameters": asdict(parameters),
            "directory": str(directory),
            "memory": limits.memory,
            "cpuSeconds": limits.cpu_seconds,
        }
    )


def _run(job: str, seconds: float) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return subprocess.run(  # noqa: S603 - constant arguments, no shell
        [sys.executable, *MODULE],
        input=job,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )


def _explain(ended: subprocess.CompletedProcess[str]) -> Rejected:
    """Returns the rejection of an image that has killed the process. Raises ConversionFailed for any other end."""
    ended_by = -ended.returncode
    if ended_by == signal.SIGXCPU:
        return Rejected(Code.IMAGE_TOO_LARGE, "The image takes too long to decode.")
    if ended_by in _CRASHES:
        return Rejected(Code.IMAGE_UNREADABLE, "The image is damaged.")
    raise ConversionFailed(f"The process ended with {ended.returncode}: {ended.stderr[-2_000:]}")
