"""Virtual time: what runs side by side takes as long as the longest of it, and each copy sees records as of its own time."""

from datetime import timedelta

from bench.timed_slices import TimedSlices
from bench.virtual_time import START, TABLE_CALL, VirtualTime
from functions.domain.slices import SliceRecord


def test_calls_take_as_long_as_the_longest_lane() -> None:
    time = VirtualTime()
    for seconds, lane in ((1, "a"), (2, "b"), (2, "a")):
        time.take(seconds, lane)
    assert time.join() == 3
    time.take(4)
    assert (time.seconds, time()) == (7, START + timedelta(seconds=7))


def test_a_thread_in_a_lane_sees_the_time_of_its_lane() -> None:
    time = VirtualTime()
    with time.lane("a"):
        time.take(2)
        assert time() == START + timedelta(seconds=2)
    assert time() == START
    time.take(1)
    assert time.seconds == 3


def test_a_copy_sees_a_lease_until_the_time_at_which_it_ends() -> None:
    time = VirtualTime()
    slices = TimedSlices(time)
    new = SliceRecord(name="due/0")
    claimed = new.claim(time())
    assert slices.replace(new, claimed)
    time.take(100)
    assert slices.replace(claimed, claimed.complete(time()))
    time.jump(50)
    assert slices.get("due/0") == claimed
    time.jump(100 + 3 * TABLE_CALL)
    assert slices.get("due/0").turn == 1
