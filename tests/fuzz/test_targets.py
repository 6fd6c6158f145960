"""The targets of the fuzzer with every run of the tests: the same cases each time, made of noise and of good input."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import Counted
from tests.fuzz.targets import TARGETS

CASES = 2_000
NOISE = st.binary(max_size=300) | st.text(max_size=100).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Good input with up to four pieces left out, doubled, or replaced by noise."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = draw(st.just(b"") | st.just(data[start:end] * 2) | NOISE)
        data = data[:start] + piece + data[end:]
    return data


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
def test_no_input_raises_an_undeclared_error(name: str, data: st.DataObject, counted: Counted) -> None:
    target = TARGETS[name]
    target.run(data.draw(NOISE | damaged(list(target.seeds))))
    counted("fuzz cases", 1)


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_accepted(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)
