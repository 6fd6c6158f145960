"""Two requests at once, deterministically: only one runs at any time, and who goes on is chosen before every call to AWS.

A schedule is the list of these choices. `explore` runs them all, up to a number of preemptions: changes from one
request to the other before the first is done. Most faults of this kind need one or two (Musuvathi and Qadeer, "Iterative
context bounding for systematic testing of multithreaded programs", PLDI 2007).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any

Request = Callable[[], object]


@dataclass(frozen=True)
class Turn:
    """`actor` was chosen among those who `could` go on; `operation` is the call it went on with."""

    actor: int
    could: tuple[int, ...]
    operation: str


@dataclass
class Turns:
    """Runs requests side by side; an observer of `AwsCalls`. `choices` are used up first, then whoever runs goes on."""

    choices: Sequence[int]
    taken: list[Turn] = field(default_factory=list)
    results: dict[int, object] = field(default_factory=dict)
    _running: int | None = None
    _parked: dict[int, tuple[str, Event]] = field(default_factory=dict)
    _last: dict[int, str] = field(default_factory=dict)
    _changed: Condition = field(default_factory=Condition)

    def run(self, requests: Sequence[Request]) -> None:
        """What each request gives, or the exception that ends it, is in `results` afterwards."""
        threads = [Thread(target=self._act, args=entry, daemon=True) for entry in enumerate(requests)]
        for actor, thread in enumerate(threads):
            self._running = actor
            thread.start()
            self._wait()
        while self._parked:
            self._go_on(self._choose())
            self._wait()
        for thread in threads:
            thread.join()

    def before(self, operation: str, context: dict[str, Any]) -> None:
        """A request may call from threads of its own: as only one request runs, the call is that one's.

        The shards of an index are read one after the other in one turn: the index may lag anyway.
        """
        gate = Event()
        with self._changed:
            assert self._running is not None
            if operation == self._last.get(self._running) == "Query":
                return
            self._last[self._running] = operation
            self._parked[self._running] = (operation, gate)
            self._stop()
        gate.wait()

    def after(self, operation: str, context: dict[str, Any]) -> None: ...

    def _act(self, actor: int, request: Request) -> None:
        try:
            self.results[actor] = request()
        except Exception as error:
            self.results[actor] = error
        with self._changed:
            self._stop()

    def _choose(self) -> int:
        could = tuple(sorted(self._parked))
        number = len(self.taken)
        if number < len(self.choices):
            actor = self.choices[number]
        else:
            last = self.taken[-1].actor if self.taken else 0
            actor = last if last in could else could[0]
        assert actor in could, f"the same choices led elsewhere: {self.choices}, {self.taken}"
        self.taken.append(Turn(actor, could, self._parked[actor][0]))
        return actor

    def _go_on(self, actor: int) -> None:
        _, gate = self._parked.pop(actor)
        self._running = actor
        gate.set()

    def _stop(self) -> None:
        self._running = None
        self._changed.notify()

    def _wait(self) -> None:
        """Until nobody runs: all are parked or done."""
        with self._changed:
            self._changed.wait_for(lambda: self._running is None)


def explore(run: Callable[[list[int]], Sequence[Turn]], preemptions: int) -> Iterator[list[int]]:
    """Runs every schedule with so many preemptions at most, each once; `run` takes choices and gives the turns."""
    waiting: list[list[int]] = [[]]
    while waiting:
        choices = waiting.pop()
        turns = run(choices)
        yield [turn.actor for turn in turns]
        for number in range(len(choices), len(turns)):
            before = [turn.actor for turn in turns[:number]]
            for other in turns[number].could:
                if other != turns[number].actor and _preemptions(turns, before, other) <= preemptions:
                    waiting.append([*before, other])


def _preemptions(turns: Sequence[Turn], before: Sequence[int], then: int) -> int:
    """How often, in these choices, somebody was stopped who could have gone on."""
    actors = [*before, then]
    return sum(
        actors[number - 1] != actors[number] and actors[number - 1] in turns[number].could
        for number in range(1, len(actors))
    )
