"""Parts that the commands of an operator to the function `sweeps` share: their error, and the parsing of a cursor."""

from collections.abc import Callable
from typing import TypeVar

Cursor = TypeVar("Cursor")


class InvalidCommandError(ValueError):
    """A command that cannot be run. The message says what is wrong."""


def parse_cursor(text: object, decode: Callable[[str], Cursor]) -> Cursor | None:
    """Returns the place at which to continue, None for the first call. Raises InvalidCommandError."""
    if text is None:
        return None
    if not isinstance(text, str):
        raise _invalid_cursor()
    try:
        return decode(text)
    except ValueError:
        raise _invalid_cursor() from None


def _invalid_cursor() -> InvalidCommandError:
    return InvalidCommandError("`cursor` is the one that the call before returned.")
