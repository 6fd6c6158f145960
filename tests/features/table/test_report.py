"""Values in a CSV file for a spreadsheet, none of which is a formula."""

import pytest

from functions.features.table.report import neutralize


@pytest.mark.parametrize(
    "value", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "+49 30 1234", "-"]
)
def test_a_formula_becomes_text(value: str) -> None:
    assert neutralize(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "a", "1", "-1", "+49301234", "-1,234.50", "a=b", "'=1", " a"])
def test_other_values_and_numbers_stay(value: str) -> None:
    assert neutralize(value) == value
