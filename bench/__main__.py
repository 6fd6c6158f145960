"""Every benchmark in turn, in one table: `python -m bench`, or only those that are named: `python -m bench signing cost`.

All of them take half an hour, because `upload` sends files of 1 GiB; the others take five minutes. Exits with 1 when one misses its bar.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from bench.table import report

BENCHES = ("signing", "sniffing", "cold_start", "warm_create", "cost", "load", "local_stack", "upload")


def main(names: Sequence[str]) -> int:
    rows = []
    for name in names or BENCHES:
        print(f"{name} ...", flush=True)
        rows += import_module(f"bench.{name}").rows()
    return report(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
