"""Files that only their owner can read."""

import os
from pathlib import Path
from tempfile import mkstemp


def write_private(path: Path, text: str) -> None:
    """Replaces the file atomically, with mode 0600. A failure leaves the file as it was, and no other."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Its name does not depend on that of the file, which may be as long as the file system allows.
    descriptor, partial = mkstemp(prefix=".airlock-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink()
        raise
