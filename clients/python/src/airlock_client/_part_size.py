"""Chooses between one request and parts, and the preferred size of a part."""

MIB = 1024**2
MAX_SINGLE_REQUEST = 16 * MIB
"""Bytes of a file. A larger one is sent in parts, because what was sent of one request is lost with the connection."""
_SMALL_FILE = 1024 * MIB


def choose_part_size(size: int) -> int:
    """Returns bytes. Larger files have larger parts, because each part is a request that S3 bills.

    The API may plan larger parts, because S3 accepts 10,000 of them.
    """
    return 16 * MIB if size <= _SMALL_FILE else 64 * MIB
