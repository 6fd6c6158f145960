"""Document ids are UUIDs of version 7 in one spelling, sorted by creation time."""

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


def test_the_example_of_rfc_9562_is_reproduced() -> None:
    now = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert uuid7(now, bytes.fromhex("0CC318C4DC0C0C07398F")) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(times, randomness)
def test_an_id_is_a_uuid_of_version_7_in_canonical_spelling(now: datetime, random_bytes: bytes) -> None:
    text = uuid7(now, random_bytes)
    parsed = uuid.UUID(text)
    assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, text)
    assert is_document_id(text)


@given(times, randomness, randomness)
def test_ids_sort_by_the_millisecond_of_their_creation(now: datetime, first: bytes, second: bytes) -> None:
    assert uuid7(now, first) < uuid7(now + timedelta(milliseconds=2), second)


@given(times, randomness)
def test_an_id_contains_its_creation_time(now: datetime, random_bytes: bytes) -> None:
    assert abs(uuid7_time(uuid7(now, random_bytes)) - now) <= timedelta(milliseconds=1)


@given(times, randomness, st.integers(0, 73))
def test_an_id_contains_74_bits_of_randomness(now: datetime, random_bytes: bytes, bit: int) -> None:
    # The version takes 4 of the 80 bits and the variant 2: they are at 76..79 and 62..63.
    position = bit if bit < 62 else bit + 2
    other = int.from_bytes(random_bytes, "big") ^ 1 << position
    assert uuid7(now, random_bytes) != uuid7(now, other.to_bytes(10, "big"))


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
def test_any_other_text_is_no_document_id(text: str) -> None:
    assert not is_document_id(text)
