"""The worker of the step `scan` with ClamAV. It runs in a container beside clamd."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from functions.features.job import Job
from functions.features.scan.clamav import judge, parse_version
from functions.features.scan.clamd import Clamd
from functions.pipeline.step import Passed, Rejected

_CHUNK = 8 << 20
"""Bytes of one read. A file of 2 GiB needs 256 of them."""


class Engine(Protocol):
    """A scan engine that takes a stream."""

    def scan(self, chunks: Iterable[bytes]) -> str:
        """Returns the response of the engine. Raises Unavailable."""

    def read_version(self) -> str:
        """Returns the versions of the engine and of its signatures. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class ClamAVWorker:
    """Streams exactly the version of the task from S3 to clamd. No byte is written to a disk here."""

    engine: Engine

    def work(self, job: Job) -> Passed | Rejected:
        """Returns the verdict. Raises Unavailable for a response that is none.

        The version is read first, because the signatures that scan are those or newer ones.
        """
        version = self.engine.read_version()
        verdict = judge(self.engine.scan(_read(job)))
        if isinstance(verdict, Rejected):
            return verdict
        return Passed({**verdict.facts, **parse_version(version)})


def _read(job: Job) -> Iterator[bytes]:
    for start in range(0, job.task.size, _CHUNK):
        yield job.read(start, min(_CHUNK, job.task.size - start))


def create_worker() -> ClamAVWorker:
    return ClamAVWorker(Clamd(os.environ["CLAMD_SOCKET"]))
