"""Annotations of settings and options: the accepted values, and the documentation."""

from dataclasses import Field
from typing import Any, Literal, NamedTuple, get_args


# Named tuples, because defining a frozen dataclass takes several times as long, and each cold start pays for that.
class Number(NamedTuple):
    """A whole number of at least `minimum`."""

    doc: str
    unit: Literal["seconds", "days", "bytes", "count"]
    maximum: int | None = None
    at_least: str | None = None
    """Name of the field whose value is the lower bound; None: the lower bound is `minimum`."""
    minimum: int = 1


class Text(NamedTuple):
    """A string that matches `pattern` as a whole. `accepts` describes the pattern in English."""

    doc: str
    accepts: str
    pattern: str


class Flag(NamedTuple):
    """True or false."""

    doc: str


class Resource(NamedTuple):
    """Name or URL of a resource that the stack creates, which is not an option.

    An optional one has no environment variable while it is empty, so that a deployment without the feature stays as it is.
    """

    doc: str
    is_optional: bool = False


def description(field: "Field[Any]") -> Any:
    """Returns what the annotation of a field says about it, such as a `Number`."""
    return get_args(field.type)[1]
