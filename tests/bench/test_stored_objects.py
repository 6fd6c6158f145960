"""The simulation of a slice of stored objects, on a small scale."""

import pytest

from bench.stored_objects import StoredObjects, rows, sweep
from bench.virtual_time import VirtualTime


def test_a_thousand_objects_cost_one_listing_and_ten_reads() -> None:
    found = {row.what: row.value for row in rows(2_000)}
    assert found["calls of S3, each 1,000 objects"] == 1
    assert found["calls of the table, each 1,000 objects"] == 10
    assert found["waiting, each 1,000 objects"] == pytest.approx(75)


def test_an_object_that_its_record_does_not_name_is_not_taken_for_known() -> None:
    stored = StoredObjects(1, clock := VirtualTime())
    stored._version = "another"
    with pytest.raises(RuntimeError):
        sweep(stored, clock)
