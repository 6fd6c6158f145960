"""`make fuzz`: one target after the other under atheris, each for some seconds, led by which code its input reaches.

python -m tests.fuzz [--seconds 60] [target ...]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS

FOUND = Path("build/fuzz")
"""Where input that a target did not survive is kept."""

ONE = """
import sys
import atheris
with atheris.instrument_imports(include=["functions"]):
    from tests.fuzz.targets import TARGETS
atheris.Setup(sys.argv, TARGETS[{name!r}].run)
atheris.Fuzz()
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument(
        "targets", nargs="*", metavar="target", help=f"of {', '.join(TARGETS)}; all by default"
    )
    chosen = parser.parse_args()
    failed = [name for name in chosen.targets or TARGETS if not _survives(name, chosen.seconds)]
    print("nothing found" if not failed else f"found something in: {', '.join(failed)}")
    return 1 if failed else 0


def _survives(name: str, seconds: int) -> bool:
    """Each in a process of its own: libFuzzer never returns."""
    print(f"--- {name}", flush=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(TARGETS[name].seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        FOUND.mkdir(parents=True, exist_ok=True)
        limits = [f"-max_total_time={seconds}", "-max_len=8192", "-print_final_stats=1", "-verbosity=0"]
        limits.append(f"-artifact_prefix={FOUND}/")
        ran = subprocess.run([sys.executable, "-c", ONE.format(name=name), *limits, corpus], check=False)
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
