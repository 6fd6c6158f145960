"""The simulation of photos beside large copies, on a small scale."""

import pytest

from bench.large_copies import COPIES, CopySimulation, rows
from bench.virtual_time import S3_CALL, TABLE_CALL

_CALLS = 3 * TABLE_CALL + 2 * S3_CALL
"""Reads the record and the object, claims the document, copies and writes the result."""


def test_a_photo_takes_its_calls_and_waits_for_no_other_one() -> None:
    delays = CopySimulation(20, 0).deliver()
    assert delays[0] == pytest.approx(_CALLS)
    assert max(delays) < 2 * _CALLS


def test_large_files_delay_no_photo_beyond_their_own_calls() -> None:
    simulation = CopySimulation(20, COPIES)
    assert max(simulation.deliver()) < 3 * _CALLS
    delays = simulation.copy_films()
    # Longer than one invocation of `large_copy`.
    assert 15 * 60 < min(delays) == pytest.approx(max(delays), abs=1)


def test_the_ratios_are_relative_to_the_photos_without_large_files() -> None:
    found = {row.what: row for row in rows(40)}
    assert found["40 photos without large files: mean delay"].ratio == 1
    assert "a file of 1 TiB: delay" in found
