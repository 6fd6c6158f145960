"""The cost of a month in docs/deploy.md."""

import re
from pathlib import Path

import pytest

from bench.monthly import render

PAGE = Path(__file__).parents[2] / "docs" / "deploy.md"


def split_cells(row: str) -> tuple[list[str], list[float]]:
    """Returns the texts and the numbers of a row of a table in Markdown."""
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    numbers = [cell for cell in cells if re.fullmatch(r"[\d,]+", cell)]
    return [cell for cell in cells if cell not in numbers], [float(cell.replace(",", "")) for cell in numbers]


def test_the_page_has_the_table_that_the_prices_give() -> None:
    """Within 1 %, because a line of a log is longer if its call took longer."""
    first, *rows = render().splitlines()
    page = PAGE.read_text("utf-8").splitlines()
    start = page.index(first)
    for row, written in zip(rows, page[start + 1 :], strict=False):
        (texts, numbers), (expected, dollars) = split_cells(written), split_cells(row)
        assert texts == expected
        assert numbers == pytest.approx(dollars, rel=0.01, abs=1)
