"""Faults by file name alone, for tests and for people who try a page: the start of a name decides.

    infected.NAME      the malware scanner finds a threat
    unscannable.NAME   the malware scanner cannot look into the file
    wait10s.NAME       S3's event comes 10 seconds late; any number from 1 to 999 does

The scanner sees only files of kinds that list the step `scan`. A name may wait and have a verdict: `wait10s.infected.NAME`.
Nothing that is deployed imports this module.
"""

import re
from typing import NamedTuple

INFECTED, UNSCANNABLE = "infected", "unscannable"
THREAT = "Airlock-Test-Threat"
"""Name of the threat in `infected.NAME`."""
_NAME = re.compile(rf"(?:wait(?P<seconds>[1-9]\d{{0,2}})s\.)?(?:(?P<verdict>{INFECTED}|{UNSCANNABLE})\.)?")


class NameFaults(NamedTuple):
    """`verdict` is INFECTED, UNSCANNABLE or None, `seconds` how late S3's event comes."""

    verdict: str | None = None
    seconds: int = 0


def parse_file_name(name: str) -> NameFaults:
    """Returns the faults that a file name asks for. Most names ask for none."""
    match = _NAME.match(name)
    if match is None:
        return NameFaults()
    return NameFaults(match["verdict"], int(match["seconds"] or 0))
