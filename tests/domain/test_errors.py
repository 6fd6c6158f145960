"""Errors: a code, and a detail that is the code's message unless there is more to say."""

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput, Unavailable


def test_the_detail_is_the_message_of_the_code_by_default() -> None:
    assert InvalidInput(Code.DUPLICATE_KEY).detail == "The JSON object contains a duplicate key."


def test_an_error_in_a_log_shows_code_and_detail() -> None:
    error = Unavailable(Code.BUSY, "Five others were faster.", retry_after=1)
    assert str(error) == "busy: Five others were faster."
    assert (error.code, error.retry_after, error.field) == ("busy", 1, None)
