"""Every benchmark in turn: `python -m bench`. Exits with 1 when one misses its bar."""

import sys

from bench import signing, sniffing, upload


def main() -> int:
    failed = 0
    for benchmark in (signing, sniffing, upload):
        print(f"\n== {benchmark.__name__}", flush=True)
        failed |= benchmark.main()
    return failed


if __name__ == "__main__":
    sys.exit(main())
