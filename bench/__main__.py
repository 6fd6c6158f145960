"""Runs the benchmarks and prints one table: `python -m bench`, or only some of them: `python -m bench signing cost`.

All of them take an hour on an idle machine with two cores: `upload` sends files of 1 GiB, and `due_owners` and `busy_owner`
simulate a million owners and documents. The exit code is 1 if a benchmark misses its bar.
"""

import argparse
import sys
from importlib import import_module

from bench.table import report

BENCHES = (
    *(
        "signing",
        "sniffing",
        "cold_start",
        "warm_create",
        "cost",
        "edge_cost",
        "load",
        "local_stack",
        "upload",
        "airlock_command",
    ),
    *(
        "images",
        "tables",
        "owner_creates",
        "call_rate",
        "lists",
        "large_copies",
        "stored_objects",
        "report_rows",
        "busy_owner",
        "due_owners",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"a benchmark: {', '.join(BENCHES)}")
    names = parser.parse_args().names or BENCHES
    if unknown := set(names) - set(BENCHES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    rows = []
    for name in names:
        print(f"{name} ...", flush=True)
        rows += import_module(f"bench.{name}").rows()
    return report(rows)


if __name__ == "__main__":
    sys.exit(main())
