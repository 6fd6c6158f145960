"""The step `type`: the bytes have the type that the client declared, and the kind accepts it."""

from functions.detection import TAIL_BYTES, Format, needs_tail, sniff
from functions.domain.codes import Code
from functions.domain.kinds import Kind
from functions.domain.steps import TYPE
from functions.pipeline.step import Passed, Rejected, StepContext, Verdict

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


class TypeStep:
    """Detects the type by the first bytes, and for some formats by the last ones. Its fact is `contentType`."""

    name = TYPE

    def run(self, context: StepContext) -> Verdict:
        found = _detect(context)
        code = check_type(found, context.document.declared_content_type, context.kind)
        if code is not None:
            return Rejected(code, facts={"contentType": found.content_type})
        return Passed({"contentType": context.document.declared_content_type})


def _detect(context: StepContext) -> Format:
    head, size = context.head, context.staged.size
    if not needs_tail(head) or size <= len(head):
        return sniff(head)
    return sniff(head, context.read(max(0, size - TAIL_BYTES), TAIL_BYTES))


def check_type(found: Format, declared: str, kind: Kind | None) -> Code | None:
    """Compares the detected format with the declared content type and with the kind's list.

    Returns None if they agree, else `suspicious_content`, `type_not_allowed` or `type_mismatch`. `kind` is None if the
    deployment has removed it since the document was created.
    """
    if found.name == "suspicious":
        return Code.SUSPICIOUS_CONTENT
    if kind is None or declared not in kind.content_types:
        return Code.TYPE_NOT_ALLOWED
    if found.content_type == declared or found.content_type in _ALSO_DETECTED_AS.get(declared, ()):
        return None
    if any({found.content_type, declared} <= family for family in _INDISTINGUISHABLE):
        return None
    return Code.TYPE_MISMATCH
