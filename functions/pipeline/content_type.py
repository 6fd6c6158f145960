"""The step `type`: the bytes have a type that the kind accepts. The document gets the detected type, not the declared one."""

from functions.detection import ANY_TEXT, Format, find_charset, find_range, formats, sniff
from functions.domain import media_types
from functions.domain.codes import Code
from functions.domain.file_types import TYPES
from functions.domain.kinds import Kind
from functions.domain.media_types import (
    OCTET_STREAM,
    essence,
    is_detectable,
    is_office,
    is_plain_text,
    is_text,
)
from functions.domain.steps import TYPE, Json
from functions.pipeline.step import Passed, Rejected, StepContext, Verdict


class TypeStep:
    """Detects the type by the first bytes, and for some formats by a second range. Its facts are `contentType` and `charset`."""

    name = TYPE

    def run(self, context: StepContext) -> Verdict:
        size, declared = context.staged.size, context.document.declared_content_type
        further = find_range(context.head, size)
        more = context.read(further.start, further.length) if further else b""
        found = sniff(context.head, more, size)
        is_declared = context.document.max_size is None
        result = check_type(found, declared, context.kind, is_declared=is_declared)
        if isinstance(result, Code):
            return Rejected(result, facts={"contentType": found.content_type})
        facts: dict[str, Json] = {"contentType": result}
        if is_text(result) and (charset := _choose_charset(context, more)):
            facts["charset"] = charset
        return Passed(facts)


def _choose_charset(context: StepContext, more: bytes) -> str | None:
    """Returns the charset that the bytes show, else the declared one. What is not detected as Unicode is not Unicode."""
    detected = find_charset(context.head, more, context.staged.size)
    declared = media_types.find_charset(context.document.declared_content_type)
    return detected or (None if declared is None or declared.startswith("utf") else declared)


def check_type(found: Format, declared: str, kind: Kind | None, *, is_declared: bool = True) -> str | Code:
    """Returns the content type under which the file is kept, or why it is rejected.

    That is the declared type if the bytes may have it, else the detected one if the kind accepts it. `kind` is None if
    the deployment has removed it since the document was created. `is_declared` is False if no client has declared the type,
    but the extension of the file stands for it. The codes are `suspicious_content`, `type_not_allowed`,
    `password_protected` and `type_mismatch`.
    """
    if found is formats.SUSPICIOUS:
        return Code.SUSPICIOUS_CONTENT
    if kind is None:
        return Code.TYPE_NOT_ALLOWED
    declared = essence(declared)
    is_accepted = declared in kind.content_types
    if found is formats.ENCRYPTED and not kind.allow_passwords:
        return Code.PASSWORD_PROTECTED
    if is_accepted and _may_be(found, declared, kind):
        return declared
    if not (kind.strict_types and is_declared):
        for detected in (found.content_type, *_of_its_container(found)):
            if detected in kind.content_types and detected != OCTET_STREAM:
                return detected
    return Code.TYPE_MISMATCH if is_accepted else Code.TYPE_NOT_ALLOWED


def _may_be(found: Format, content_type: str, kind: Kind) -> bool:
    """Returns True if a file of the format `found` may be one of this content type."""
    if found is formats.ENCRYPTED and is_office(content_type):
        return True
    if content_type == found.content_type and content_type != OCTET_STREAM:
        return True
    if not is_detectable(content_type):
        return kind.unchecked and not found.active
    is_any_text = ANY_TEXT in found.also and is_plain_text(content_type)
    suffixes = () if content_type in TYPES else tuple(other[1:] for other in found.also if other[0] == "*")
    return is_any_text or content_type in found.also or content_type.endswith(suffixes)


def _of_its_container(found: Format) -> tuple[str, ...]:
    """Returns the other types of a container for sound and film. What text is meant as only the sender knows."""
    return () if ANY_TEXT in found.also else tuple(other for other in found.also if "*" not in other)
