"""The plan of an upload in parts, at S3's limits and for any size in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.errors import InvalidInput
from functions.domain.parts import (
    DEFAULT_PART,
    MAX_OBJECT,
    MAX_PART,
    MAX_PARTS,
    MIB,
    MIN_PART,
    PartPlan,
    plan,
)

sizes = st.integers(1, MAX_OBJECT) | st.integers(1, 10 * DEFAULT_PART)


@given(sizes)
def test_a_plan_keeps_every_limit_of_s3_and_covers_the_file_exactly(size: int) -> None:
    made = plan(size)
    last = made.size_of(made.part_count)
    assert 1 <= made.part_count <= MAX_PARTS
    assert MIN_PART <= made.part_size <= MAX_PART
    assert made.part_size % MIB == 0
    assert 1 <= last <= made.part_size
    assert made.part_size * (made.part_count - 1) + last == size


@pytest.mark.parametrize(
    ("size", "part_size", "part_count"),
    [
        (1, DEFAULT_PART, 1),
        (DEFAULT_PART, DEFAULT_PART, 1),
        (DEFAULT_PART + 1, DEFAULT_PART, 2),
        (DEFAULT_PART * MAX_PARTS, DEFAULT_PART, MAX_PARTS),
        (DEFAULT_PART * MAX_PARTS + 1, DEFAULT_PART + MIB, 9847),
        (MAX_OBJECT, MAX_PART, MAX_PARTS),
    ],
)
def test_parts_have_the_default_size_and_grow_only_when_ten_thousand_are_not_enough(
    size: int, part_size: int, part_count: int
) -> None:
    made = plan(size)
    assert (made.part_size, made.part_count) == (part_size, part_count)


def test_more_than_s3_takes_has_no_plan() -> None:
    with pytest.raises(InvalidInput) as error:
        plan(MAX_OBJECT + 1)
    assert (error.value.code, error.value.field) == ("part_plan_invalid", "size")


THREE = PartPlan(size=25, part_size=10)


def test_all_parts_have_one_size_but_the_last() -> None:
    assert [THREE.size_of(number) for number in (1, 2, 3)] == [10, 10, 5]


@pytest.mark.parametrize(
    ("held", "missing"), [([], [1, 2, 3]), ([2], [1, 3]), ([3, 1, 2], []), ([4], [1, 2, 3])]
)
def test_missing_is_what_is_planned_and_not_held(held: list[int], missing: list[int]) -> None:
    assert THREE.missing(held) == missing


@pytest.mark.parametrize("number", [0, -1, 4, 10_001])
def test_a_number_outside_the_plan_is_refused(number: int) -> None:
    with pytest.raises(InvalidInput) as error:
        THREE.check_numbers([1, number])
    assert (error.value.code, error.value.field) == ("part_number_invalid", "partNumbers")


def test_a_number_may_be_named_once_and_in_any_order() -> None:
    THREE.check_numbers([3, 1])
    with pytest.raises(InvalidInput) as error:
        THREE.check_numbers([3, 1, 3])
    assert error.value.code == "validation_failed"
