"""Faults by file name."""

import pytest

from airlock_testing.file_names import NameFaults, parse_file_name


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("infected.a.pdf", NameFaults("infected")),
        ("unscannable.a.pdf", NameFaults("unscannable")),
        ("wait10s.a.pdf", NameFaults(seconds=10)),
        ("wait999s.a.pdf", NameFaults(seconds=999)),
        ("wait5s.infected.a.pdf", NameFaults("infected", 5)),
        ("a.pdf", NameFaults()),
        ("a.infected.pdf", NameFaults()),
        ("infected", NameFaults()),
        ("infected-a.pdf", NameFaults()),
        ("wait0s.a.pdf", NameFaults()),
        ("wait1000s.a.pdf", NameFaults()),
        ("", NameFaults()),
    ],
)
def test_the_start_of_a_name_decides(name: str, faults: NameFaults) -> None:
    assert parse_file_name(name) == faults
