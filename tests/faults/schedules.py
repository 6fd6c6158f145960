"""A deterministic scheduler of concurrent requests: one runs at a time, and the next is chosen before every call to AWS.

A schedule is the list of these choices. `explore` runs every schedule up to a number of preemptions, which are switches to
another request before the current one has ended. Most races need one or two (Musuvathi and Qadeer, "Iterative context bounding
for systematic testing of multithreaded programs", PLDI 2007).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import Any

Request = Callable[[], object]


@dataclass(frozen=True)
class Turn:
    """One choice: `actor`, a request by its number, was chosen from `candidates` and made the call `operation`."""

    actor: int
    candidates: tuple[int, ...]
    operation: str


@dataclass
class Scheduler:
    """An observer of `AwsCalls` that runs requests concurrently. After `choices`, the request that runs continues."""

    choices: Sequence[int]
    turns: list[Turn] = field(default_factory=list)
    results: dict[int, object] = field(default_factory=dict)
    _running: int | None = None
    _parked: dict[int, tuple[str, Event]] = field(default_factory=dict)
    _last: dict[int, str] = field(default_factory=dict)
    _changed: Condition = field(default_factory=Condition)

    def run(self, requests: Sequence[Request]) -> None:
        """Stores what each request returns, or the exception that it raises, in `results`."""
        threads = [Thread(target=self._execute, args=entry, daemon=True) for entry in enumerate(requests)]
        for actor, thread in enumerate(threads):
            self._running = actor
            thread.start()
            self._wait()
        while self._parked:
            self._resume(self._choose())
            self._wait()
        for thread in threads:
            thread.join()

    def before(self, operation: str, context: dict[str, Any]) -> None:
        """Parks the request that runs; a call from a thread of its own is that request's too.

        Consecutive queries are one turn, because they read the shards of an index that may lag.
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

    def _execute(self, actor: int, request: Request) -> None:
        try:
            self.results[actor] = request()
        except Exception as error:
            self.results[actor] = error
        with self._changed:
            self._stop()

    def _choose(self) -> int:
        candidates = tuple(sorted(self._parked))
        number = len(self.turns)
        if number < len(self.choices):
            actor = self.choices[number]
        else:
            last = self.turns[-1].actor if self.turns else 0
            actor = last if last in candidates else candidates[0]
        assert actor in candidates, f"the same choices had another effect: {self.choices}, {self.turns}"
        self.turns.append(Turn(actor, candidates, self._parked[actor][0]))
        return actor

    def _resume(self, actor: int) -> None:
        _, gate = self._parked.pop(actor)
        self._running = actor
        gate.set()

    def _stop(self) -> None:
        self._running = None
        self._changed.notify()

    def _wait(self) -> None:
        """Waits until every request is parked or has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._running is None)


def explore(run: Callable[[list[int]], Sequence[Turn]], preemptions: int) -> Iterator[list[int]]:
    """Runs every schedule with at most `preemptions`, each once. `run` takes the choices and returns the turns."""
    waiting: list[list[int]] = [[]]
    while waiting:
        choices = waiting.pop()
        turns = run(choices)
        yield [turn.actor for turn in turns]
        for number in range(len(choices), len(turns)):
            before = [turn.actor for turn in turns[:number]]
            for other in turns[number].candidates:
                if other != turns[number].actor and _count_preemptions(turns, before, other) <= preemptions:
                    waiting.append([*before, other])


def _count_preemptions(turns: Sequence[Turn], before: Sequence[int], next_actor: int) -> int:
    """Counts the choices of another request than the last one, where the last one was a candidate."""
    actors = [*before, next_actor]
    return sum(
        actors[number - 1] != actors[number] and actors[number - 1] in turns[number].candidates
        for number in range(1, len(actors))
    )
