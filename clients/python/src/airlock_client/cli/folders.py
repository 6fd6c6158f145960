"""Folders of the command line: the session, and the state of uploads."""

import os
from pathlib import Path

from platformdirs import user_config_path, user_state_path


def session_file() -> Path:
    """Returns the file of the session, which only its owner can read."""
    return (_home() or user_config_path("airlock")) / "session.json"


def resume_folder() -> Path:
    """Returns the folder of the uploads that have not ended."""
    return (_home() or user_state_path("airlock")) / "uploads"


def _home() -> Path | None:
    home = os.environ.get("AIRLOCK_HOME")
    return Path(home) if home else None
