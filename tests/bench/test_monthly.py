"""The cost of a month in docs/deploy.md."""

from pathlib import Path

from bench.monthly import render


def test_the_page_has_the_table_that_the_prices_give() -> None:
    page = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text("utf-8")
    assert render() in page
