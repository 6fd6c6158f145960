"""The table of all benchmarks in docs/benchmarks.md."""

import re
from collections import Counter
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def test_the_page_has_each_figure_once() -> None:
    names = re.findall(r"^\| ([^|]+? \| [^|]+?) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(names) > 100
    assert [name for name, number in Counter(names).items() if number > 1] == []
