"""The fuzz targets under Hypothesis, with the same cases on every run: noise, and mutated valid input."""

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.case_counts import CountCases
from tests.deep import WithinTime
from tests.fuzz.targets import TARGETS, Target

NOISE = st.binary(max_size=300) | st.text(max_size=100).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@st.composite
def mutate(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Draws a seed in which up to four pieces are deleted, doubled, or replaced by noise."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = draw(st.just(b"") | st.just(data[start:end] * 2) | NOISE)
        data = data[:start] + piece + data[end:]
    return data


def run(target: Target, cases: int, number: int) -> None:
    """Runs `cases` random cases, which `number` determines."""

    @seed(number)
    @settings(max_examples=cases, suppress_health_check=list(HealthCheck), database=None)
    @given(NOISE | mutate(list(target.seeds)))
    def check(data: bytes) -> None:
        target.run(data)

    check()


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_raises_an_undeclared_error(name: str, count_cases: CountCases) -> None:
    run(TARGETS[name], 200, 0)
    count_cases("fuzz cases", 200)


@pytest.mark.deep
@pytest.mark.parametrize("name", TARGETS)
def test_no_further_input_raises_an_undeclared_error(name: str, within_time: WithinTime[int]) -> None:
    for number in within_time("groups of 200 fuzz cases", range(1, 11)):
        run(TARGETS[name], 200, number)


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_accepted(name: str) -> None:
    for data in TARGETS[name].seeds:
        TARGETS[name].run(data)
