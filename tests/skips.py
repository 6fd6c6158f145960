"""Skips for what this machine lacks; where CI is set, lacking it is a failure instead."""

import os
from typing import Any


def skip_or_fail(needed: str, present: bool) -> dict[str, Any]:
    """Arguments for `pytest.mark.skipif`."""
    if not present and os.environ.get("CI"):
        raise RuntimeError(f"{needed} is missing, and in CI nothing is skipped; .ci/run installs it")
    return {"condition": not present, "reason": f"{needed} is not installed on this machine"}
