"""Document ids: UUIDv7, one spelling, sorted by time."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.ids import is_document_id, uuid7, uuid7_time
from tests.examples import NOW

ID = uuid7(NOW, bytes(10))
times = st.timedeltas(timedelta(0), timedelta(days=36_500)).map(NOW.__add__)
randomness = st.binary(min_size=10, max_size=10)


def test_the_example_of_rfc_9562_comes_out() -> None:
    now = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert uuid7(now, bytes.fromhex("0CC318C4DC0C0C07398F")) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(times, randomness)
def test_an_id_is_a_uuid_of_version_7_in_its_one_spelling(now: datetime, chance: bytes) -> None:
    text = uuid7(now, chance)
    parsed = uuid.UUID(text)
    assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, text)
    assert is_document_id(text)


@given(times, randomness, randomness)
def test_ids_sort_by_the_millisecond_they_were_made_in(now: datetime, first: bytes, second: bytes) -> None:
    assert uuid7(now, first) < uuid7(now + timedelta(milliseconds=2), second)


@given(times, randomness)
def test_an_id_tells_when_it_was_made(now: datetime, chance: bytes) -> None:
    assert abs(uuid7_time(uuid7(now, chance)) - now) <= timedelta(milliseconds=1)


@given(times, randomness, st.integers(0, 73))
def test_74_bits_of_randomness_reach_the_id(now: datetime, chance: bytes, bit: int) -> None:
    # The version takes 4 of the 80 bits and the variant 2: they are at 76..79 and 62..63.
    position = bit if bit < 62 else bit + 2
    other = int.from_bytes(chance, "big") ^ 1 << position
    assert uuid7(now, chance) != uuid7(now, other.to_bytes(10, "big"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ID.upper(),
        ID.replace("-", ""),
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        ID + "\n",
        " " + ID,
        str(uuid.UUID(int=0)),
        "7b1f3a52-8f0e-4b5a-9f7c-2c1d0e9f8a7b",
        ID[:-1] + "g",
        ID[:-1] + "\u0661",
        f"{ID}%2F..",
        "../" + ID,
        "0" * 1_000_000,
    ],
)
def test_anything_else_is_no_document_id(text: str) -> None:
    assert not is_document_id(text)
