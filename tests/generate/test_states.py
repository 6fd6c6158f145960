"""docs/states.md is what the generator writes today."""

from pathlib import Path

from tools.generate.states import render

PAGE = Path(__file__).parents[2] / "docs" / "states.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == render(), "run `make generate`"
