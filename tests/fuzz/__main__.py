"""`make fuzz`: runs each target under atheris, a coverage-guided fuzzer, for some seconds.

python -m tests.fuzz [--seconds 60] [target ...]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS

FAILURES = Path("build/fuzz")
"""Folder of inputs that made a target fail."""

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
    failed = [name for name in chosen.targets or TARGETS if not _passes(name, chosen.seconds)]
    print("nothing found" if not failed else f"found something in: {', '.join(failed)}")
    return 1 if failed else 0


def _passes(name: str, seconds: int) -> bool:
    """Runs a target in a process of its own, because libFuzzer never returns."""
    print(f"--- {name}", flush=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(TARGETS[name].seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        FAILURES.mkdir(parents=True, exist_ok=True)
        limits = [f"-max_total_time={seconds}", "-max_len=8192", "-print_final_stats=1", "-verbosity=0"]
        limits.append(f"-artifact_prefix={FAILURES}/")
        ran = subprocess.run([sys.executable, "-c", ONE.format(name=name), *limits, corpus], check=False)
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
