"""The path of a download. The name comes from a server, so that nothing of it may lead out of the folder."""

import hashlib
import os
import re
from pathlib import Path

from airlock_client.errors import IntegrityError

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
_MAX_BYTES = 255
"""The limit of most file systems, and the longest name that the API keeps."""


def choose_target(target: Path, file_name: str) -> Path:
    """Returns the target, or the file of this name in it if it is a folder. Raises IntegrityError for `..`."""
    return target / clean_name(file_name) if target.is_dir() else target


def clean_name(file_name: str) -> str:
    """Returns a name that every system can save, as the API does. Raises IntegrityError if nothing is left that names a file."""
    name = _NOT_IN_NAMES.sub("_", file_name).rstrip(". ")
    if not name:
        raise IntegrityError("The file name of the document names no file.")
    return f"_{name}" if _DEVICES.match(name) else name


def shorten_name(name: str, reserved: int) -> str:
    """Returns the name if `reserved` bytes of a suffix fit after it, otherwise its start and a hash of all of it."""
    encoded = os.fsencode(name)
    if len(encoded) + reserved <= _MAX_BYTES:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:16]
    start = encoded[: _MAX_BYTES - reserved - len(digest) - 1].decode("utf-8", "ignore")
    return f"{start}-{digest}"
