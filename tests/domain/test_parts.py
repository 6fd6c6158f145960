"""The plan of a multipart upload, at S3's limits and for any size in between."""

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
    choose_part_size,
    plan_parts,
)

sizes = st.integers(1, MAX_OBJECT) | st.integers(1, 10 * DEFAULT_PART)


targets = st.integers(MIN_PART, MAX_PART)


@given(sizes, targets)
def test_a_plan_respects_every_limit_of_s3_and_covers_the_file_exactly(size: int, target: int) -> None:
    plan = plan_parts(size, target)
    last = plan.size_of(plan.part_count)
    assert 1 <= plan.part_count <= MAX_PARTS
    assert MIN_PART <= plan.part_size <= MAX_PART
    assert plan.part_size == target or (plan.part_size > target and plan.part_size % MIB == 0)
    assert 1 <= last <= plan.part_size
    assert plan.part_size * (plan.part_count - 1) + last == size


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
def test_parts_exceed_their_target_only_if_ten_thousand_do_not_suffice(
    size: int, part_size: int, part_count: int
) -> None:
    plan = plan_parts(size, DEFAULT_PART)
    assert (plan.part_size, plan.part_count) == (part_size, part_count)


def test_a_size_above_the_limit_of_s3_has_no_plan() -> None:
    with pytest.raises(ValueError, match="maximum size"):
        plan_parts(MAX_OBJECT + 1, MAX_PART)


THREE_PARTS = PartPlan(size=25, part_size=10)


def test_all_parts_except_the_last_have_the_same_size() -> None:
    assert [THREE_PARTS.size_of(number) for number in (1, 2, 3)] == [10, 10, 5]


@pytest.mark.parametrize(
    ("uploaded", "missing"), [([], [1, 2, 3]), ([2], [1, 3]), ([3, 1, 2], []), ([4], [1, 2, 3])]
)
def test_missing_numbers_are_those_planned_and_not_uploaded(uploaded: list[int], missing: list[int]) -> None:
    assert THREE_PARTS.missing_numbers(uploaded) == missing


@pytest.mark.parametrize("number", [0, -1, 4, 10_001])
def test_a_part_number_outside_the_plan_is_rejected(number: int) -> None:
    with pytest.raises(InvalidInput) as error:
        THREE_PARTS.check_numbers([1, number])
    assert (error.value.code, error.value.field) == ("part_number_invalid", "partNumbers")


def test_part_numbers_may_have_any_order_but_no_duplicates() -> None:
    THREE_PARTS.check_numbers([3, 1])
    with pytest.raises(InvalidInput) as error:
        THREE_PARTS.check_numbers([3, 1, 3])
    assert error.value.code == "validation_failed"


@pytest.mark.parametrize(
    ("wish", "part_size"),
    [
        (None, DEFAULT_PART),
        (1, MIN_PART),
        (8 * MIB, 8 * MIB),
        (MAX_PART + 1, MAX_PART),
    ],
)
def test_the_target_is_the_wish_as_far_as_s3_accepts_it(wish: int | None, part_size: int) -> None:
    assert choose_part_size(wish, DEFAULT_PART) == part_size
