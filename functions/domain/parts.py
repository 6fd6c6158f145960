"""The plan of a multipart upload: pure arithmetic, with each quota beside its source.

All quotas: Amazon S3 User Guide, "Amazon S3 multipart upload limits". Sizes are bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

MIB = 1024**2
GIB = 1024**3

MIN_PART = 5 * MIB
"""Of every part but the last."""
MAX_PART = 5 * GIB
MAX_PARTS = 10_000
MAX_OBJECT = MAX_PART * MAX_PARTS
"""48.8 TiB."""

MAX_UPLOAD_AGE = timedelta(days=7)
"""Age at which a multipart upload ends however active its client is. The bucket's lifecycle rule aborts older ones."""

DEFAULT_PART = 64 * MIB
"""S3 bills each part, and below this size the round trips show; above it, a retry costs too much."""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """Parts are numbered from 1; all have `part_size` but the last, which has the rest."""

    size: int
    part_size: int

    @property
    def part_count(self) -> int:
        return -(-self.size // self.part_size)

    def size_of(self, part_number: int) -> int:
        if part_number < self.part_count:
            return self.part_size
        return self.size - self.part_size * (self.part_count - 1)

    def missing(self, held: Iterable[int]) -> list[int]:
        """Part numbers of the plan that are not among `held`."""
        present = set(held)
        return [number for number in range(1, self.part_count + 1) if number not in present]

    def check_numbers(self, part_numbers: Iterable[int]) -> None:
        """Raises InvalidInput `part_number_invalid` for a number outside the plan, `validation_failed` for a repeat."""
        seen: set[int] = set()
        for number in part_numbers:
            if not 1 <= number <= self.part_count:
                raise InvalidInput(
                    Code.PART_NUMBER_INVALID,
                    f"Part {number} is not in the plan, which has parts 1 to {self.part_count}.",
                    field="partNumbers",
                )
            if number in seen:
                raise InvalidInput(
                    Code.VALIDATION_FAILED, f"Part {number} is named twice.", field="partNumbers"
                )
            seen.add(number)


def plan(size: int) -> PartPlan:
    """The default part size, or the smallest whole number of MiB that fits `size` into 10,000 parts.

    Raises InvalidInput `part_plan_invalid` for more than 48.8 TiB.
    """
    if size > MAX_OBJECT:
        raise InvalidInput(Code.PART_PLAN_INVALID, f"S3 takes up to {MAX_OBJECT} bytes.", field="size")
    needed = -(-size // MAX_PARTS)
    rounded = -(-needed // MIB) * MIB
    return PartPlan(size, max(DEFAULT_PART, rounded))
