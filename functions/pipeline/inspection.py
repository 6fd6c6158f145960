"""The verdict on the bytes that arrived: which type they are, or why they are refused."""

from dataclasses import dataclass

from functions.detection import Format
from functions.domain.codes import Code
from functions.domain.kinds import Kind

_SAME_BYTES = (
    # One container, told apart by intent or by a brand that writers choose freely.
    frozenset({"video/mp4", "audio/mp4", "video/quicktime"}),
    frozenset({"video/webm", "video/x-matroska"}),
    frozenset({"video/ogg", "audio/ogg"}),
    # Text in which a line may mean anything.
    frozenset({"text/plain", "text/markdown", "text/csv", "text/tab-separated-values"}),
)
_READS_AS = {
    # What detection can say about a correct file of the declared type, beyond the type itself.
    "text/plain": frozenset({"application/json"}),
    "text/markdown": frozenset({"application/json"}),
    "text/csv": frozenset({"application/json"}),
    "text/tab-separated-values": frozenset({"application/json"}),
    "application/x-ndjson": frozenset({"application/json"}),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    content_type: str


@dataclass(frozen=True, slots=True)
class Rejected:
    reason: Code


def inspect(found: Format, declared: str, kind: Kind | None) -> Accepted | Rejected:
    """Compare the detected format with the declared content type and with the kind's list.

    `kind` is None when the deployment has dropped it since the document was created.
    """
    if found.name == "suspicious":
        return Rejected(Code.SUSPICIOUS_CONTENT)
    if kind is None or declared not in kind.content_types:
        return Rejected(Code.TYPE_NOT_ALLOWED)
    if found.content_type == declared:
        return Accepted(declared)
    if found.content_type in _READS_AS.get(declared, ()):
        return Accepted(declared)
    for family in _SAME_BYTES:
        if {found.content_type, declared} <= family:
            return Accepted(declared)
    return Rejected(Code.TYPE_MISMATCH)
