"""The place of the packages that this one runs: Airlock's functions and strict_s3.

The wheel has them in a folder of its own, which only the process of the service has on its path. So a project that uses the
fixture may have a package `functions` too.
"""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def add_vendored_packages() -> None:
    """Puts the packages in front of `sys.path`: those of the wheel, or in a checkout those beside this package."""
    vendored = _PACKAGE / "vendored"
    checkout = _PACKAGE.parents[3]
    folders = [vendored] if vendored.is_dir() else [checkout, checkout / "tools" / "strict_s3" / "src"]
    sys.path[:0] = [str(folder) for folder in folders]
