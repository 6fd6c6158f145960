"""Renders `docs/states.md` from `functions.domain.states.TRANSITIONS`: the diagram and the whole table."""

from collections.abc import Iterable

from functions.domain.document import Status
from functions.domain.events import Ignored
from functions.domain.states import ANY, TRANSITIONS, Row

_HEAD = """# States of a document

Generated from `functions/domain/states.py` by `make generate`. Clients see `completing` as `processing`. A document that is
`purging` or `purged` does not exist for them.

"""
_TABLE_HEAD = """
## All rows

The first row that matches an event decides. "Ignored" rows change nothing, and the caller learns the reason.

| event | in | if | then | effects |
|---|---|---|---|---|
"""


def render() -> str:
    """Returns the page as Markdown."""
    return _HEAD + _diagram() + _TABLE_HEAD + "".join(map(_table_row, TRANSITIONS))


def _diagram() -> str:
    labels: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        if isinstance(row.next, Status):
            for status in _sorted(row.states):
                labels.setdefault((status.value, row.next.value), []).append(row.event.__name__)
    arrows = "".join(
        f"    {source} --> {target}: {', '.join(dict.fromkeys(names))}\n"
        for (source, target), names in labels.items()
    )
    return f"```mermaid\nstateDiagram-v2\n    [*] --> {Status.PENDING.value}: create\n{arrows}```\n"


def _table_row(row: Row) -> str:
    states = "any" if row.states == ANY else ", ".join(status.value for status in _sorted(row.states))
    guard = _in_words(row.guard) if row.guard else ""
    effects = ", ".join(_in_words(effect) for effect in row.effects)
    return f"| {row.event.__name__} | {states} | {guard} | {_outcome(row)} | {effects} |\n"


def _outcome(row: Row) -> str:
    if isinstance(row.next, Ignored):
        return f"ignored: {row.next.name.lower().replace('_', ' ')}"
    return row.next.value if row.next else "the status stays"


def _in_words(function: object) -> str:
    return str(getattr(function, "__name__", "")).replace("_", " ")


def _sorted(states: Iterable[Status]) -> list[Status]:
    return sorted(states, key=list(Status).index)
