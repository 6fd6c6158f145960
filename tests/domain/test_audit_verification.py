"""The verification of the audit trail: each way of tampering with a chain of five objects is found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import NO_HASH, Block, Chain, Head, block_key, hash_block, parse_block
from functions.domain.audit_verification import (
    ChainVerifier,
    ListedVersion,
    StoredBlock,
    TrailFinding,
    check_bucket_lock,
    check_listing,
    verify_chain,
)
from tests.case_counts import CountCases

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 30
COUNT = 5


@dataclass
class Trail:
    """A chain in a bucket: its objects by key, the versions that a list shows, the head in the table, and the time."""

    stored: dict[str, StoredBlock] = field(default_factory=dict)
    listed: list[ListedVersion] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    now: datetime = BEGIN + timedelta(hours=COUNT)

    def add(self, block: Block) -> None:
        body = block.to_bytes()
        until = block.at + timedelta(days=block.retention_days)
        self.stored[block.key] = StoredBlock(
            key=block.key, body=body, written_at=block.at, lock_mode="COMPLIANCE", locked_until=until
        )
        self.listed.append(ListedVersion(block.key, "v1", block.at))
        self.head = Head(block.sequence, hash_block(body), block.at, DAYS)

    def __getitem__(self, number: int) -> StoredBlock:
        return self.stored[block_key(Chain.CHANGES, number)]

    def replace(self, number: int, **changes: object) -> None:
        self.stored[self[number].key] = replace(self[number], **changes)  # type: ignore[arg-type]

    def remove(self, *numbers: int) -> None:
        for number in numbers:
            del self.stored[block_key(Chain.CHANGES, number)]

    def find(self) -> Iterator[TrailFinding]:
        yield from check_listing(self.listed)
        in_order = (self.stored[key] for key in sorted(self.stored))
        yield from verify_chain(Chain.CHANGES, in_order, self.head, self.now)

    @property
    def problems(self) -> set[str]:
        return {finding.problem for finding in self.find()}


def follow(head: Head, name: str) -> Block:
    at = BEGIN + timedelta(hours=head.sequence)
    record = AuditRecord(id=name, event="document.created", at=at, outcome="pending")
    return Block(
        chain=Chain.CHANGES,
        sequence=head.sequence + 1,
        previous=head.sha256,
        previous_at=head.at,
        at=at,
        retention_days=DAYS,
        records=(record,),
    )


def make_trail() -> Trail:
    trail = Trail()
    for number in range(COUNT):
        trail.add(follow(trail.head, f"record {number}"))
    return trail


def change_a_byte(trail: Trail) -> None:
    trail.replace(3, body=trail[3].body.replace(b"record 2", b"record X"))


def change_the_last_object(trail: Trail) -> None:
    trail.replace(COUNT, body=trail[COUNT].body.replace(b"record 4", b"record X"))


def remove_a_record(trail: Trail) -> None:
    block = parse_block(trail[3].body)
    trail.replace(3, body=replace(block, records=()).to_bytes())


def append_a_line(trail: Trail) -> None:
    trail.replace(3, body=trail[3].body + b'{"id":"more"}\n')


def replace_by_garbage(trail: Trail) -> None:
    trail.replace(3, body=b"\x00\xff")


def swap_two_objects(trail: Trail) -> None:
    second, third = trail[2].body, trail[3].body
    trail.replace(2, body=third)
    trail.replace(3, body=second)


def rewrite_a_tail(trail: Trail) -> None:
    """A consistent chain of other records, which only the head in the table contradicts."""
    head = Head(3, hash_block(trail[3].body), trail[3].written_at)
    for number in (4, 5):
        block = follow(head, f"forged {number}")
        trail.replace(number, body=block.to_bytes())
        head = Head(number, hash_block(block.to_bytes()), block.at)


def restart_the_chain(trail: Trail) -> None:
    block = replace(parse_block(trail[4].body), previous=NO_HASH, previous_at=None)
    trail.replace(4, body=block.to_bytes())
    trail.remove(5)
    trail.head = Head(4, hash_block(block.to_bytes()), block.at)


def write_under_another_number(trail: Trail) -> None:
    """An object of an existing sequence under the key of the next one."""
    key = block_key(Chain.CHANGES, COUNT + 1)
    trail.stored[key] = replace(trail[COUNT], key=key)


def copy_from_another_chain(trail: Trail) -> None:
    block = replace(parse_block(trail[3].body), chain=Chain.REQUESTS)
    trail.replace(3, body=block.to_bytes())


def lose_the_head(trail: Trail) -> None:
    trail.head = Head()


def list_a_foreign_key(trail: Trail) -> None:
    trail.listed.append(ListedVersion("trail/changes/note.txt", "v1", BEGIN))


def list_a_second_version(trail: Trail) -> None:
    trail.listed.append(ListedVersion(block_key(Chain.CHANGES, 2), "v2", BEGIN))


TAMPERINGS: dict[str, tuple[Callable[[Trail], object], str]] = {
    "an object in the middle is removed": (lambda trail: trail.remove(3), "missing"),
    "several objects are removed": (lambda trail: trail.remove(2, 3), "missing"),
    "the first objects are removed": (lambda trail: trail.remove(1, 2), "expired_early"),
    "the tail is cut": (lambda trail: trail.remove(4, 5), "truncated"),
    "all objects are removed": (lambda trail: trail.remove(1, 2, 3, 4, 5), "truncated"),
    "a byte of an object is changed": (change_a_byte, "altered"),
    "a byte of the last object is changed": (change_the_last_object, "head_differs"),
    "a record is removed": (remove_a_record, "altered"),
    "a line is appended": (append_a_line, "unreadable"),
    "an object is replaced by garbage": (replace_by_garbage, "unreadable"),
    "the order is changed": (swap_two_objects, "misplaced"),
    "the tail is rewritten": (rewrite_a_tail, "head_differs"),
    "the chain is restarted": (restart_the_chain, "restarted"),
    "a sequence number occurs twice": (write_under_another_number, "misplaced"),
    "an object comes from another chain": (copy_from_another_chain, "misplaced"),
    "the head in the table is deleted": (lose_the_head, "head_missing"),
    "a lock is removed": (
        lambda trail: trail.replace(3, lock_mode=None, locked_until=None),
        "unlocked",
    ),
    "a lock becomes one that can be lifted": (
        lambda trail: trail.replace(3, lock_mode="GOVERNANCE"),
        "unlocked",
    ),
    "a lock is shortened": (
        lambda trail: trail.replace(3, locked_until=trail.now + timedelta(days=1)),
        "lock_shortened",
    ),
    "a delete marker hides an object": (lambda trail: trail.replace(3, is_hidden=True), "hidden"),
    "a foreign object is added": (list_a_foreign_key, "unexpected"),
    "an object is overwritten": (list_a_second_version, "overwritten"),
}


def test_an_untouched_trail_has_no_findings() -> None:
    assert make_trail().problems == set()


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(name: str, count_cases: CountCases) -> None:
    trail = make_trail()
    tamper, problem = TAMPERINGS[name]
    tamper(trail)
    assert problem in trail.problems
    count_cases("ways of tampering with the audit trail that are found", 1)


def test_an_empty_trail_has_no_findings() -> None:
    assert Trail().problems == set()


def test_a_head_in_the_table_that_is_behind_the_bucket_is_that_of_a_writer_that_died() -> None:
    trail = make_trail()
    trail.head = Head(4, hash_block(trail[4].body), trail[4].written_at, DAYS)
    assert trail.problems == set()


def test_objects_that_have_expired_are_not_missing() -> None:
    trail = make_trail()
    trail.remove(1, 2)
    trail.now = trail[3].written_at + timedelta(days=DAYS)
    assert trail.problems == set()
    trail.now = BEGIN + timedelta(hours=1, days=DAYS) - timedelta(seconds=1)
    assert trail.problems == {"expired_early"}


def test_a_trail_of_which_everything_has_expired_is_not_cut() -> None:
    trail = make_trail()
    at = trail[COUNT].written_at
    trail.remove(1, 2, 3, 4, 5)
    trail.now = at + timedelta(days=DAYS)
    assert trail.problems == set()
    trail.now -= timedelta(seconds=1)
    assert trail.problems == {"truncated"}


def test_the_lifecycle_may_hide_an_object_whose_lock_is_over() -> None:
    trail = make_trail()
    trail.replace(1, is_hidden=True)
    trail.now = BEGIN + timedelta(days=DAYS)
    assert trail.problems == set()


def test_a_verifier_counts_objects_and_records() -> None:
    trail = make_trail()
    verifier = ChainVerifier(Chain.CHANGES, trail.now)
    assert [finding for each in trail.stored.values() for finding in verifier.check(each)] == []
    assert (verifier.blocks, verifier.records) == (COUNT, COUNT)


@pytest.mark.parametrize(
    ("mode", "days", "problems"),
    [
        ("COMPLIANCE", DAYS, []),
        ("COMPLIANCE", DAYS + 1, []),
        ("COMPLIANCE", DAYS - 1, ["lock_shortened"]),
        ("GOVERNANCE", DAYS, ["unlocked"]),
        (None, None, ["unlocked"]),
    ],
)
def test_the_default_lock_of_the_bucket_is_that_of_the_writers(
    mode: str | None, days: int | None, problems: list[str]
) -> None:
    assert [each.problem for each in check_bucket_lock(mode, days, DAYS, "a-bucket")] == problems
