"""A mutant: a change to the code that some test must notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """`module` is a path below `functions`. `killed_by` are paths below `tests`, of which one test must fail."""

    name: str
    module: str
    old: str
    new: str
    killed_by: tuple[str, ...]
