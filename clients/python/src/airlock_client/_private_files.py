"""Files that only their owner can read."""

import os
from pathlib import Path
from threading import get_ident


def write_private(path: Path, text: str) -> None:
    """Replaces the file atomically, with mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600, exist_ok=False)
    partial.write_text(text, "utf-8")
    partial.replace(path)
