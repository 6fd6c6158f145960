"""Times as clients read them."""

from datetime import datetime


def format_rfc3339(time: datetime) -> str:
    """Returns a time in UTC with milliseconds."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
