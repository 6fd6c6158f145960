"""Something happens at exactly one of the calls that a use case makes to its ports: a crash, an error, another worker.

A run without interruption counts the calls; then every one of them can be tried, before it and after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

Port = TypeVar("Port")
Result = TypeVar("Result")


class Killed(BaseException):
    """The process is gone: nothing in the code under test may catch this."""


@dataclass
class Interruption:
    """`act` runs at call number `at` (from 1; 0 is never), before the call or when it has taken effect."""

    act: Callable[[], object]
    at: int = 0
    after: bool = False
    calls: int = 0

    def through(self, call: Callable[[], Result]) -> Result:
        self.calls += 1
        mine = self.calls == self.at
        if mine and not self.after:
            self.act()
        result = call()
        if mine and self.after:
            self.act()
        return result


class _Proxy:
    def __init__(self, port: object, interruption: Interruption) -> None:
        self._port = port
        self._interruption = interruption

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        return lambda *args, **named: self._interruption.through(lambda: method(*args, **named))


def interrupted(port: Port, by: Interruption) -> Port:
    """The same port, with each of its calls counted, and one of them interrupted."""
    return cast(Port, _Proxy(port, by))


def every_point(calls: int) -> Iterator[tuple[int, bool]]:
    """(at, after) for each place where a run of `calls` calls can be interrupted."""
    return ((at, after) for at in range(1, calls + 1) for after in (False, True))


def die() -> None:
    raise Killed
