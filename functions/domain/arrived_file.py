"""The file of a form that was signed before the file was known, as S3 describes it.

The create reserves the largest size that is allowed. The arrival of the bytes replaces it by the real one, in the same write.
"""

from dataclasses import dataclass

from functions.domain import filename
from functions.domain.document import UNNAMED, Document
from functions.domain.errors import InvalidInput
from functions.domain.kinds import Kind
from functions.domain.media_types import OCTET_STREAM, interpret

FILE_NAME = "file-name"
"""Metadata of a staged object with the name that a browser has sent with a form."""


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """The file of a form: its size in bytes, its name, and the content type that its extension stands for."""

    size: int
    name: str
    content_type: str


def describe_file(
    document: Document, kind: Kind | None, size: int, sent_name: str | None
) -> ArrivedFile | None:
    """Returns the file of a form, None for an upload whose file was known when it was created.

    `size` is that of the stored version. `sent_name` is the name that the browser has sent with the form, which counts if
    the document has none. A name that is not acceptable counts as none, because the file is not at fault.
    """
    if document.max_size is None:
        return None
    name = _clean(sent_name) if document.file_name == UNNAMED else document.file_name
    candidates = interpret(OCTET_STREAM, name)
    accepted = kind.content_types if kind else frozenset[str]()
    content_type = next((each for each in candidates if each in accepted), candidates[0])
    return ArrivedFile(size, name, content_type)


def _clean(name: str | None) -> str:
    try:
        return filename.clean(name or "")
    except InvalidInput:
        return UNNAMED
