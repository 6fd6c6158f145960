"""The simulation of an owner who never stops creating, on a small scale."""

from bench.busy_owner import BusyOwner, rows, sweep


def test_a_recount_of_few_documents_ends_in_one_sweep_and_the_next_sweeps_read_nothing() -> None:
    owner = BusyOwner(3_000)
    assert sweep(owner)[0] == 2
    assert not owner.is_recounting
    assert [pages for pages, _ in (sweep(owner) for _ in range(4))] == [0, 0, 0, 0]


def test_the_rows_stay_below_their_bars() -> None:
    found = list(rows(1_000, 5))
    assert {row.what: row.value for row in found}["recounts in the next 5 sweeps"] == 1
    assert not [row for row in found if row.is_above_bar]
