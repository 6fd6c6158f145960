"""Times on the command line."""

import argparse
import re
from datetime import UTC, datetime, timedelta

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_since(parser: argparse.ArgumentParser, meaning: str, *, option: str = "--since") -> None:
    """Adds an option with a time in the past. `meaning` is its help, to which the form of the time is added."""
    now = datetime.now(UTC)
    parser.add_argument(
        option,
        type=lambda text: parse_since(text, now),
        metavar="TIME",
        help=f"{meaning}: a duration until now such as 90m, 2h or 3d, or an ISO 8601 time with an offset",
    )


def parse_since(text: str, now: datetime) -> datetime:
    """Returns the time that `2h` (before `now`) or `2026-11-28T10:00:00Z` means. Raises ArgumentTypeError."""
    if match := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.utcoffset() is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a duration such as 2h nor a time with an offset"
        )
    if time > now:
        raise argparse.ArgumentTypeError(f"{text} is in the future")
    return time
