"""CPU time of one create in a warm function, compared with peers: `python -m bench.warm_create`.

Measured from event to response, with the stub of AWS over loopback HTTP. Airlock writes three items in one transaction
and checks quotas; the peers put one item.
"""

import json
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from bench.contenders import OURS, USUAL, find_contenders
from bench.stub import run_stub
from bench.table import Row, report

ROUNDS, CALLS = 11, 150
BARS = {USUAL: 0.6}


def rows() -> Iterator[Row]:
    with run_stub() as aws, find_contenders() as contenders, ExitStack() as stack:
        probes = {contender.name: stack.enter_context(contender.start(aws)) for contender in contenders}
        for probe in probes.values():
            assert probe.stdout
            probe.stdout.readline()  # the cold start
        rounds = []
        for _ in range(ROUNDS + 1):
            turn = {}
            for name, probe in probes.items():
                assert probe.stdin
                assert probe.stdout
                probe.stdin.write(f"{CALLS}\n")
                probe.stdin.flush()
                turn[name] = float(json.loads(probe.stdout.readline()))
            rounds.append(turn)
        for probe in probes.values():
            assert probe.stdin
            probe.stdin.close()
    for name in probes:
        spent = [turn[name] for turn in rounds[1:]]
        ratio = statistics.median(turn[OURS] / turn[name] for turn in rounds[1:])
        yield Row(
            "warm create",
            name,
            statistics.median(spent) * 1e6,
            "us CPU",
            None if name == OURS else ratio,
            BARS.get(name),
        )


if __name__ == "__main__":
    sys.exit(report(list(rows())))
