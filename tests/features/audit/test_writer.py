"""The writer of the trail: it may die at any call, and another writer may come first at any call."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain, Head, block_key, hash_block, parse_block
from functions.domain.audit_verification import StoredBlock, verify_chain
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.features.audit.writer import TrailWriter
from tests.features.audit.fakes import LATER, NOW, InMemoryBlocks, InMemoryHeads
from tests.interruptions import Interruption, ProcessKilled, interrupt, kill_process, list_points

CHAIN = Chain.CHANGES


def record(name: str) -> AuditRecord:
    return AuditRecord(id=name, event="document.ready", at=NOW, outcome="ready", document_id=name)


@dataclass
class Trail:
    """The trail of one chain, and writers that share it."""

    blocks: InMemoryBlocks = field(default_factory=InMemoryBlocks)
    heads: InMemoryHeads = field(default_factory=InMemoryHeads)
    reported: list[Head] = field(default_factory=list)

    def append(self, *names: str, by: Interruption | None = None) -> Head:
        writer = TrailWriter(
            store=interrupt(self.blocks, by),
            heads=interrupt(self.heads, by),
            retention_days=365,
            clock=lambda: NOW,
            report=lambda _chain, head: self.reported.append(head),
        )
        return writer.append(CHAIN, [record(name) for name in names])

    @property
    def names(self) -> list[str]:
        """The names of all records, in the order of the chain."""
        return [
            each.id
            for key in sorted(self.blocks.bodies)
            for each in parse_block(self.blocks.bodies[key]).records
        ]

    def find_problems(self) -> Sequence[str]:
        stored = (
            StoredBlock(key=key, body=body, written_at=NOW, lock_mode="COMPLIANCE", locked_until=LATER)
            for key, body in sorted(self.blocks.bodies.items())
        )
        return [each.problem for each in verify_chain(CHAIN, stored, self.heads.get(CHAIN), NOW)]


def test_each_object_names_the_one_before() -> None:
    trail = Trail()
    trail.append("a", "b")
    head = trail.append("c")
    first, second = (trail.blocks.bodies[block_key(CHAIN, number)] for number in (1, 2))
    assert parse_block(second).previous == hash_block(first)
    assert parse_block(second).previous_at == NOW
    assert trail.names == ["a", "b", "c"]
    assert trail.reported[-1] == head == Head(2, hash_block(second), NOW, 365) == trail.heads.get(CHAIN)


def count_calls() -> int:
    counter = Interruption()
    trail = Trail()
    trail.append("a")
    trail.append("b", by=counter)
    return counter.calls


@pytest.mark.parametrize(("at", "after"), list(list_points(count_calls())))
def test_after_a_crash_at_any_call_nothing_is_lost_and_the_chain_is_whole(at: int, after: bool) -> None:
    trail = Trail()
    trail.append("a")
    with pytest.raises(ProcessKilled):
        trail.append("b", by=Interruption(kill_process, at, after))
    # SQS delivers the message again, because nobody has deleted it.
    trail.append("b")
    trail.append("c")
    assert list(dict.fromkeys(trail.names)) == ["a", "b", "c"]
    assert trail.find_problems() == []


@pytest.mark.parametrize("others", [1, 3])
@pytest.mark.parametrize(("at", "after"), list(list_points(count_calls())))
def test_a_writer_that_comes_second_at_any_call_continues_behind_the_first(
    at: int, after: bool, others: int
) -> None:
    trail = Trail()
    trail.append("a")

    def come_first() -> None:
        for number in range(others):
            trail.append(f"first {number}")

    trail.append("second", by=Interruption(come_first, at, after))
    assert sorted(trail.names) == sorted(["a", "second", *(f"first {number}" for number in range(others))])
    assert trail.find_problems() == []
    assert trail.heads.get(CHAIN).sequence == 2 + others


def test_a_write_that_succeeds_without_a_response_is_not_written_twice() -> None:
    """The client of S3 sends it again, and S3 says that the key is taken."""

    class RepeatingBlocks(InMemoryBlocks):
        def put(self, key: str, body: bytes) -> bool:
            super().put(key, body)
            return super().put(key, body)

    trail = Trail(RepeatingBlocks())
    trail.append("a")
    trail.append("b")
    assert trail.names == ["a", "b"]
    assert trail.find_problems() == []


def test_a_lost_head_is_found_again_from_the_bucket() -> None:
    trail = Trail()
    for name in ("a", "b", "c"):
        trail.append(name)
    trail.heads.heads.clear()
    trail.append("d")
    assert (trail.names, trail.find_problems()) == (["a", "b", "c", "d"], [])


def test_a_foreign_object_stops_no_writer_and_is_found() -> None:
    trail = Trail()
    trail.append("a")
    trail.blocks.bodies[block_key(CHAIN, 2)] = b"not ours"
    trail.append("b")
    assert "unreadable" in trail.find_problems()
    assert b'"id":"b"' in trail.blocks.bodies[block_key(CHAIN, 3)]


def test_a_writer_that_is_always_second_leaves_its_records_to_another_delivery() -> None:
    trail = Trail()

    class TakenBlocks(InMemoryBlocks):
        def put(self, key: str, body: bytes) -> bool:
            self.bodies[key] = b"of another writer"
            return False

    trail.blocks = TakenBlocks()
    with pytest.raises(Unavailable) as raised:
        trail.append("a")
    assert raised.value.code is Code.STORAGE_UNAVAILABLE
