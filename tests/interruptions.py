"""Interruptions: a crash, an error or another worker at exactly one of the calls that a service makes to its ports.

A run without interruption counts the calls. Then each of them can be interrupted, before the call and after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

Port = TypeVar("Port")
Result = TypeVar("Result")


class ProcessKilled(BaseException):
    """The end of the process. No code under test may catch it."""


def kill_process() -> None:
    raise ProcessKilled


@dataclass
class Interruption:
    """`act` runs at call number `at` (from 1; 0 is never), before the call, or `after` it has taken effect."""

    act: Callable[[], object] = kill_process
    at: int = 0
    after: bool = False
    calls: int = 0

    def intercept(self, call: Callable[[], Result]) -> Result:
        self.calls += 1
        is_due = self.calls == self.at
        if is_due and not self.after:
            self.act()
        result = call()
        if is_due and self.after:
            self.act()
        return result


class _InterruptedPort:
    def __init__(self, port: object, interruption: Interruption) -> None:
        self._port = port
        self._interruption = interruption

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        return lambda *args, **named: self._interruption.intercept(lambda: method(*args, **named))


def interrupt(port: Port, by: Interruption | None) -> Port:
    """Returns the port with its calls counted and one of them interrupted; without `by`, the port itself."""
    return port if by is None else cast(Port, _InterruptedPort(port, by))


def list_points(calls: int) -> Iterator[tuple[int, bool]]:
    """Yields (at, after) for each point at which a run of `calls` calls can be interrupted."""
    return ((at, after) for at in range(1, calls + 1) for after in (False, True))
