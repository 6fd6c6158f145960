"""SHA-256 of the parts of an upload, ahead of their sending."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from threading import Event, Timer

import pytest

from airlock_client._cancellation import Cancellation, CancelledTransferError
from airlock_client._hashing import HashedParts, count_parts_ahead
from airlock_client._sources import Buffer, Part
from tests.journeys.wait import wait_until
from tests.python_client.scripts import run_script

MIB = 1024**2
_ENDING_MAIN_THREAD = """
import threading
from airlock_client._cancellation import Cancellation
from airlock_client._hashing import HashedParts
from airlock_client._sources import Buffer, Part

def hash_parts():
    threading.main_thread().join()
    parts = (Part(number, Buffer(b"a")) for number in range(20))
    hashed = HashedParts(parts, {}.__setitem__, ahead=4, threads=2, cancellation=Cancellation())
    print(len(list(hashed)), end="")

threading.Thread(target=hash_parts).start()
"""


@dataclass
class HashingRoom:
    """Twenty parts, of which each hash waits for `may_read`."""

    may_read: Event
    begun: list[int]
    expected: dict[int, str]
    cancellation: Cancellation

    def hash_parts(self, ahead: int) -> HashedParts:
        parts = (Part(number, SlowBody(self, number)) for number in range(1, 21))
        return HashedParts(
            parts, self.expected.__setitem__, ahead=ahead, threads=4, cancellation=self.cancellation
        )


@dataclass(frozen=True)
class SlowBody:
    room: HashingRoom
    number: int
    size: int = 1

    def read_chunks(self) -> Iterator[bytes]:
        self.room.begun.append(self.number)
        assert self.room.may_read.wait(30)
        yield bytes([self.number])


@pytest.fixture
def room() -> HashingRoom:
    return HashingRoom(Event(), [], {}, Cancellation())


def test_the_parts_are_in_order_with_their_hashes(room: HashingRoom) -> None:
    room.may_read.set()

    hashed = {part.number: digest for part, digest in room.hash_parts(ahead=8)}

    assert list(hashed) == list(range(1, 21))
    assert hashed == {number: sha256(bytes([number])).hexdigest() for number in hashed}
    assert room.expected == hashed


@pytest.mark.parametrize(("ahead", "taken", "read"), [(0, 3, 3), (2, 3, 5), (8, 1, 2), (8, 2, 5), (8, 4, 12)])
def test_few_parts_are_hashed_at_first_and_never_more_than_the_limit(
    room: HashingRoom, ahead: int, taken: int, read: int
) -> None:
    room.may_read.set()
    parts = room.hash_parts(ahead)

    for _ in range(taken):
        next(parts)

    wait_until(lambda: len(room.expected) >= read, "the parts are hashed")
    parts.close()
    assert sorted(room.expected) == list(range(1, read + 1))


def test_no_part_is_read_after_the_transfer_was_cancelled(room: HashingRoom) -> None:
    parts = room.hash_parts(ahead=8)
    room.cancellation.cancel()
    room.may_read.set()

    with pytest.raises(CancelledTransferError):
        next(parts)
    parts.close()

    assert room.begun == []


def test_no_part_is_being_read_after_the_end(room: HashingRoom) -> None:
    parts = room.hash_parts(ahead=8)
    with ThreadPoolExecutor() as threads:
        taken = threads.submit(next, parts)
        wait_until(lambda: len(room.begun) == 2, "two parts are read")
        room.cancellation.cancel()
        Timer(0.2, room.may_read.set).start()

        parts.close()

        assert room.may_read.is_set()
        assert isinstance(taken.exception(), CancelledTransferError)


def test_hashing_goes_on_after_the_main_thread_has_ended() -> None:
    result = run_script(_ENDING_MAIN_THREAD)

    assert (result.returncode, result.stdout) == (0, b"20")


@pytest.mark.parametrize(
    ("part_size", "ahead"), [(5 * MIB, 32), (16 * MIB, 32), (64 * MIB, 8), (200 * MIB, 4)]
)
def test_what_is_hashed_ahead_stays_in_memory_until_it_is_sent(part_size: int, ahead: int) -> None:
    assert count_parts_ahead(part_size, 4) == ahead


def test_a_stream_is_read_part_by_part(room: HashingRoom) -> None:
    parts = HashedParts(
        iter([Part(1, Buffer(b"a")), Part(2, Buffer(b"b"))]),
        room.expected.__setitem__,
        ahead=0,
        threads=4,
        cancellation=room.cancellation,
    )

    next(parts)
    parts.close()

    assert list(room.expected) == [1]
