"""`python -m tools.docs_site stage FOLDER` writes what Sphinx reads, and `check FOLDER` checks the site that Sphinx has built."""

import sys
from pathlib import Path

from tools.docs_site.check import check_site
from tools.docs_site.navigation import NavigationError
from tools.docs_site.stage import stage_site

_ROOT = Path(__file__).parents[2]


def main(command: str, folder: str) -> None:
    """Exits with a message for what is wrong."""
    if command == "stage":
        _stage(Path(folder))
    elif faults := list(check_site(Path(folder))):
        sys.exit("\n".join(faults))


def _stage(folder: Path) -> None:
    try:
        stage_site(_ROOT, folder, _ROOT / "build/screenshots")
    except (NavigationError, FileNotFoundError, ValueError) as error:
        sys.exit(f"docs: {error}")


main(*sys.argv[1:])
