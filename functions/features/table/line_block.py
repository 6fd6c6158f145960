"""The lines that are parsed together, and any run of them without a copy."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class LineBlock:
    """Lines with their line ends. Positions in it are indexes of lines."""

    lines: list[str]

    def iterate(self, start: int, end: int) -> Iterator[str]:
        """Returns the lines from `start` to before `end`. The first line costs no more than any other."""
        if end - start == len(self.lines):
            return iter(self.lines)
        return map(self.lines.__getitem__, range(start, end))

    def count_characters(self, start: int, end: int) -> int:
        """Returns how many characters the lines from `start` to before `end` have."""
        return self._offsets[end] - self._offsets[start]

    def find_end(self, start: int, characters: int) -> int:
        """Returns the end of the fewest lines from `start` with more than `characters`, or the end of the block."""
        return min(bisect_right(self._offsets, self._offsets[start] + characters), len(self.lines))

    @cached_property
    def _offsets(self) -> list[int]:
        """The characters in front of each line, and their number. Only a block with an error needs them."""
        return list(accumulate(map(len, self.lines), initial=0))
