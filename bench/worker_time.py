"""The CPU time of some work, with that of the processes that it starts."""

import resource
from collections.abc import Callable


def measure_cpu(work: Callable[[], object]) -> float:
    """Runs `work` and returns seconds."""
    before = _read_seconds()
    work()
    return _read_seconds() - before


def _read_seconds() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))
