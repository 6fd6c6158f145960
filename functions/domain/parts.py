"""The plan of a multipart upload, and S3's quotas for its parts.

Sizes are in bytes. Source of all quotas: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

MIB = 1024**2
GIB = 1024**3

MIN_PART = 5 * MIB
"""Minimum size of every part except the last."""
MAX_PART = 5 * GIB
"""Maximum size of a part."""

MAX_PARTS = 10_000
"""Maximum number of parts of an upload."""

MAX_OBJECT = MAX_PART * MAX_PARTS
"""Maximum size of an object: 48.8 TiB."""

DEFAULT_PART = 64 * MIB
"""Default target size of a part.

Smaller parts cost more requests and round trips; a retry of a larger part costs more time.
"""


@dataclass(frozen=True, slots=True)
class PartPlan:
    """The division of `size` bytes into parts. All parts have `part_size`, except the last, which has the remainder."""

    size: int
    part_size: int

    @property
    def part_count(self) -> int:
        """Number of parts, which are numbered from 1."""
        return -(-self.size // self.part_size)

    def size_of(self, part_number: int) -> int:
        """Returns the size of a part in bytes."""
        if part_number < self.part_count:
            return self.part_size
        return self.size - self.part_size * (self.part_count - 1)

    def missing_numbers(self, uploaded: Iterable[int]) -> list[int]:
        """Returns the part numbers of the plan that are not among `uploaded`, in ascending order."""
        present = set(uploaded)
        return [number for number in range(1, self.part_count + 1) if number not in present]

    def check_numbers(self, part_numbers: Iterable[int]) -> None:
        """Raises InvalidInput `part_number_invalid` for an unknown number, and `validation_failed` for a duplicate."""
        seen: set[int] = set()
        for number in part_numbers:
            if not 1 <= number <= self.part_count:
                raise InvalidInput(
                    Code.PART_NUMBER_INVALID,
                    f"There is no part {number}; the upload has parts 1 to {self.part_count}.",
                    field="partNumbers",
                )
            if number in seen:
                raise InvalidInput(
                    Code.VALIDATION_FAILED, f"Part number {number} is a duplicate.", field="partNumbers"
                )
            seen.add(number)


def choose_part_size(wish: int | None, default: int) -> int:
    """Returns the target size of a part: the nearest size to the client's wish that S3 accepts, or the default without a wish."""
    return default if wish is None else max(MIN_PART, min(wish, MAX_PART))


def plan_parts(size: int, target: int) -> PartPlan:
    """Returns the plan for an object of `size` bytes.

    Parts have `target` bytes (5 MiB to 5 GiB), or the smallest whole number of MiB with which 10,000 parts suffice.

    Raises ValueError for more than 48.8 TiB, which `max_bytes` of no kind and no object of S3 exceeds.
    """
    if size > MAX_OBJECT:
        raise ValueError(f"the maximum size of an object is {MAX_OBJECT} bytes")
    needed = -(-size // MAX_PARTS)
    rounded = -(-needed // MIB) * MIB
    return PartPlan(size, max(target, rounded))
