"""Mutants of events of documents and owners."""

from tests.faults.mutants.mutant import Mutant

_EVENTS = ("services/test_publish.py",)
_SUSPICION = ("domain/test_suspicion.py", "adapters/dynamodb/test_stream.py")

MUTANTS = [
    Mutant(
        "a change that the bus did not take counts as published",
        "services/publish.py",
        "                return batch[failed].position",
        "                return None",
        _EVENTS,
    ),
    Mutant(
        "two changes of one document in a request",
        "services/publish.py",
        "any(each.subject == change.subject for each in batch)",
        "False",
        _EVENTS,
    ),
    Mutant(
        "a lost change is not the first one that failed",
        "services/publish.py",
        "batch[failed].position",
        "batch[-1].position",
        _EVENTS,
    ),
    Mutant(
        "an event that the bus rejected counts as taken",
        "adapters/eventbridge.py",
        '"ErrorCode" in result',
        "False",
        ("adapters/test_eventbridge.py",),
    ),
    Mutant(
        "requests behind one that failed",
        "adapters/eventbridge.py",
        "            if failed is not None:\n                return sent + failed",
        "            if failed:\n                return sent + failed",
        ("adapters/test_eventbridge.py",),
    ),
    Mutant(
        "a write that changes nothing is an event",
        "adapters/dynamodb/stream.py",
        "    if CHANGE not in image:\n        return None",
        "    if not image:\n        return None",
        _EVENTS,
    ),
    Mutant(
        "a restore that looks like a new file",
        "domain/changes.py",
        "    is_restored = old is Status.DELETED and new is not Status.PURGED",
        "    is_restored = False",
        ("domain/test_changes.py",),
    ),
    Mutant(
        "a purge that looks like a restore",
        "domain/changes.py",
        " and new is not Status.PURGED",
        "",
        ("domain/test_changes.py",),
    ),
    Mutant(
        "each create beyond a band is suspicious",
        "domain/suspicion.py",
        "before.get((counter, day), 0) <= bands[counter] < value",
        "bands[counter] < value",
        _SUSPICION,
    ),
    Mutant(
        "the end of a band is suspicious",
        "domain/suspicion.py",
        "<= bands[counter] < value",
        "< bands[counter] <= value",
        _SUSPICION,
    ),
]
