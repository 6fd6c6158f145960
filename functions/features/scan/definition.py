"""The definition of the step `scan`, and the limits of its scanners."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.step_definitions import StepDefinition, reject_unknown
from functions.domain.steps import SCAN, Json

GUARDDUTY, CLAMAV = "guardduty", "clamav"

MAX_BYTES: Mapping[str, int] = {
    # AWS publishes two values, 5 GB and 100 GB. What lies beyond the true one may be skipped, so the lower one counts.
    # https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-quotas-guardduty.html
    GUARDDUTY: 5_000_000_000,
    # 2 GiB - 1: clamd accepts no larger StreamMaxLength, MaxFileSize and MaxScanSize (`man clamd.conf`).
    CLAMAV: (2 << 30) - 1,
}
"""Scanner -> maximum size of a file in bytes."""

REJECT, ACCEPT = "reject", "accept"
_INCONCLUSIVE = "inconclusive"


def parse_parameters(section: str, values: Mapping[str, Any]) -> Mapping[str, Json]:
    """Returns `inconclusive`, by default `reject`. Raises ValueError for another parameter, and for another value."""
    reject_unknown(section, values, (_INCONCLUSIVE,))
    chosen = values.get(_INCONCLUSIVE, REJECT)
    if chosen not in (REJECT, ACCEPT):
        raise ValueError(f"{section}: {_INCONCLUSIVE} is {REJECT!r} or {ACCEPT!r}")
    return {_INCONCLUSIVE: chosen}


def accepted_codes(parameters: Mapping[str, Json]) -> frozenset[Code]:
    """Returns the codes with which a file passes nevertheless."""
    return frozenset({Code.SCAN_INCONCLUSIVE}) if parameters.get(_INCONCLUSIVE) == ACCEPT else frozenset()


_TIMEOUT = timedelta(hours=8)
"""Time without a sign of ClamAV. The task waits in its queue meanwhile, and after three of them, a day, the document fails.

With GuardDuty the step has times of its own (step.py).
"""

DEFINITION = StepDefinition(SCAN, timeout=_TIMEOUT, parse=parse_parameters, accepted_codes=accepted_codes)
