"""The responses of clamd, as verdicts. Only the literal `stream: OK` passes a file.

ClamAV's own defaults fail open: a file beyond its limits is clean. container/clamd.conf raises every limit to what clamd can, and has
what exceeds them reported; container/unsupported.ndb finds what ClamAV leaves out in silence.
"""

import re

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.features.scan.sentences import INCONCLUSIVE, describe_threats
from functions.pipeline.step import Passed, Rejected

_CLEAN = "stream: OK"
_FOUND = re.compile(r"stream: (\S+) FOUND")
_VERSION = re.compile(r"ClamAV ([^\s/]+)(?:/(\d+)/.*)?")
_TOO_LARGE = "INSTREAM size limit exceeded. ERROR"
_NOT_SCANNED = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted.", "Airlock.Unsupported.")
"""Beginnings of the names that clamd gives to what it did not look into."""


def judge(response: str) -> Passed | Rejected:
    """Returns the verdict on a whole file. Raises Unavailable for anything else, such as an error of clamd."""
    if response == _CLEAN:
        return Passed({"engine": "clamav"})
    if response == _TOO_LARGE:
        return Rejected(Code.SCAN_INCONCLUSIVE, INCONCLUSIVE)
    found = _FOUND.fullmatch(response)
    if found is None:
        raise Unavailable(
            Code.STORAGE_UNAVAILABLE, f"clamd says {response[:200]!r}, which is no verdict.", retry_after=60
        )
    if found[1].startswith(_NOT_SCANNED):
        return Rejected(Code.SCAN_INCONCLUSIVE, INCONCLUSIVE)
    # The suffix says that a signature is not of ClamAV's own databases.
    return Rejected(Code.MALWARE_FOUND, describe_threats([found[1].removesuffix(".UNOFFICIAL")]))


def parse_version(response: str) -> dict[str, str]:
    """Returns the facts `engineVersion` and `signatureVersion`, that of ClamAV's daily database, as far as clamd names them."""
    found = _VERSION.fullmatch(response)
    facts = {"engineVersion": found[1], "signatureVersion": found[2]} if found else {}
    return {name: version for name, version in facts.items() if version}
