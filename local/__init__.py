"""The stack on a laptop: the synthesised template on a local AWS, two users and the example page."""

import sys
from pathlib import Path

# Packages of tools/ are not installed. pytest has this folder on its path, `python -m local` has not.
sys.path.append(str(Path(__file__).parents[1] / "tools" / "edge_proxy" / "src"))
