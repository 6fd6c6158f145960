"""Puts what the service runs into the package: the functions and the strict S3 front of this repository.

They are in a folder of the package, and not beside it, because many projects have a package `functions`. A source archive
has them already, so that a wheel can be built from it elsewhere.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_REPOSITORY = Path(__file__).parents[2]
_FILES = {
    "LICENSE": "LICENSE",
    "functions": "vendored/functions",
    "tools/strict_s3/src/strict_s3": "vendored/strict_s3",
}


class VendoredFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Adds the files, to a source archive below `src`. `version` is that of the hook, such as `standard`."""
        if (Path(self.root) / "PKG-INFO").exists():
            return
        package = "src/airlock_testing" if self.target_name == "sdist" else "airlock_testing"
        build_data["force_include"] |= {
            str(_REPOSITORY / source): f"{package}/{target}" for source, target in _FILES.items()
        }
