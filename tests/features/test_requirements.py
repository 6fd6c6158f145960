"""The packages of shipped steps: the same ones in the bundle, in its lock and on this machine."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEPS = sorted(path.parent for path in ROOT.glob("functions/features/*/requirements.txt"))
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^\s;]+", re.MULTILINE)


def read_pins(path: Path) -> set[str]:
    return set(PIN.findall(path.read_text("utf-8")))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_runs_on_this_machine_with_the_packages_of_its_bundle(step: Path) -> None:
    lines = (ROOT / "local" / "requirements.txt").read_text("utf-8").splitlines()
    assert f"-r ../{(step / 'requirements.txt').relative_to(ROOT).as_posix()}" in lines


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_lock_of_a_step_is_up_to_date(step: Path) -> None:
    """`make lock` writes it. It also has what the other functions need."""
    shared = read_pins(ROOT / "functions" / "requirements.txt")
    assert read_pins(step / "requirements.txt") | shared <= read_pins(step / "requirements.lock")
