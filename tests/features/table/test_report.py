"""Values in a CSV file for a spreadsheet, none of which is a formula."""

import pytest

from functions.features.table.report import neutralize


@pytest.mark.parametrize(
    "value", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t1", "\r1", "\n1", " =1", "＝1", "+49 30 1234", "-"]
)
def test_a_formula_becomes_text(value: str) -> None:
    assert neutralize(value) == f"'{value}"


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ",", "\n", "\r\n"])
@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "＝1", "-1 1"])
@pytest.mark.parametrize("space", ["", " ", '"', ' "'])
def test_a_formula_behind_a_delimiter_of_another_spreadsheet_becomes_text(
    delimiter: str, formula: str, space: str
) -> None:
    assert neutralize(f"a{delimiter}{space}{formula}") == f"a{delimiter}{space}'{formula}"
    assert neutralize(f"a{delimiter}{delimiter}{space}{formula}{delimiter}b") == (
        f"a{delimiter}{delimiter}{space}'{formula}{delimiter}b"
    )


def test_each_formula_of_a_value_becomes_text() -> None:
    assert neutralize("=1;=2\t-3;+4+5") == "'=1;'=2\t-3;'+4+5"
    assert neutralize("\t=1") == "'\t'=1"


def test_a_value_of_delimiters_takes_no_more_time_for_each() -> None:
    """A search that looks from each delimiter to the end would take minutes."""
    assert neutralize("a" + "\t" * 131_071) == "a" + "\t" * 131_071


@pytest.mark.parametrize(
    "value", ["1;-2", "10\t-5|+3.5", "a,-1,5", "a; -1 ;b", "a;b=c", "a|b-c", "e-mail, a@b"]
)
def test_numbers_and_text_behind_a_delimiter_stay(value: str) -> None:
    assert neutralize(value) == value


@pytest.mark.parametrize("value", ["", "a", "1", "-1", "+49301234", "-1,234.50", "a=b", "'=1", " a"])
def test_other_values_and_numbers_stay(value: str) -> None:
    assert neutralize(value) == value
