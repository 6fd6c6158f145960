"""Times as clients read them."""

from datetime import datetime
from typing import Literal


def format_rfc3339(time: datetime, *, precision: Literal["seconds", "milliseconds"] = "milliseconds") -> str:
    """Returns a time in UTC, cut off after milliseconds or seconds."""
    return time.isoformat(timespec=precision).replace("+00:00", "Z")
