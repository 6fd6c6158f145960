"""Faults by file name."""

from pathlib import Path

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


def test_nothing_that_is_deployed_knows_these_names() -> None:
    root = Path(__file__).parents[2]
    deployed = [*root.glob("functions/**/*.py"), *root.glob("infra/**/*.py"), root / "app.py"]
    assert len(deployed) > 100
    sources = {path: path.read_text("utf-8") for path in deployed}
    names = ("airlock_testing", "unscannable", "parse_file_name")
    assert [path for path, source in sources.items() if any(name in source for name in names)] == []
