"""Verdict on bytes that arrived: accepted with a content type, or rejected with a code."""

from dataclasses import dataclass

from functions.detection import Format
from functions.domain.codes import Code
from functions.domain.kinds import Kind

_INDISTINGUISHABLE = (
    # One container format; the brand that distinguishes the types is chosen freely by writers.
    frozenset({"video/mp4", "audio/mp4", "video/quicktime"}),
    frozenset({"video/webm", "video/x-matroska"}),
    frozenset({"video/ogg", "audio/ogg"}),
    # Text without a signature.
    frozenset({"text/plain", "text/markdown", "text/csv", "text/tab-separated-values"}),
)
_ALSO_DETECTED_AS = {
    # Declared type -> other types that detection may return for a correct file of it.
    "text/plain": frozenset({"application/json"}),
    "text/markdown": frozenset({"application/json"}),
    "text/csv": frozenset({"application/json"}),
    "text/tab-separated-values": frozenset({"application/json"}),
    "application/x-ndjson": frozenset({"application/json"}),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The bytes have a type that the kind accepts."""

    content_type: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The bytes are rejected. `reason` is the code `suspicious_content`, `type_mismatch` or `type_not_allowed`."""

    reason: str


def inspect(found: Format, declared: str, kind: Kind | None) -> Accepted | Rejected:
    """Compares the detected format with the declared content type and with the kind's list.

    `kind` is None if the deployment has removed it since the document was created.
    """
    if found.name == "suspicious":
        return Rejected(Code.SUSPICIOUS_CONTENT)
    if kind is None or declared not in kind.content_types:
        return Rejected(Code.TYPE_NOT_ALLOWED)
    if found.content_type == declared:
        return Accepted(declared)
    if found.content_type in _ALSO_DETECTED_AS.get(declared, ()):
        return Accepted(declared)
    for family in _INDISTINGUISHABLE:
        if {found.content_type, declared} <= family:
            return Accepted(declared)
    return Rejected(Code.TYPE_MISMATCH)
