"""`python -m tools.release FOLDER` writes the distributions and SHA256SUMS, or exits with what is wrong."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.release.build import BuildError, build_distributions
from tools.release.compare import find_differences, write_checksums
from tools.release.versions import find_version_faults

_ROOT = Path(__file__).parents[2]


def main(folder: Path) -> None:
    """Builds everything twice, because a build of one commit always has the same bytes."""
    if faults := find_version_faults(_ROOT):
        sys.exit("\n".join(faults))
    try:
        built = build_distributions(_ROOT, folder)
        with TemporaryDirectory() as again:
            differences = find_differences(built, build_distributions(_ROOT, Path(again)))
    except BuildError as error:
        sys.exit(f"release: {error}")
    if differences:
        sys.exit(f"release: two builds differ: {', '.join(differences)}")
    sys.stdout.write(write_checksums(folder, built))


main(Path(sys.argv[1]))
