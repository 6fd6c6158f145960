"""The content of a download: the original of a document, or one of its renditions."""

from dataclasses import dataclass

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.download_name import choose_download_name
from functions.domain.errors import NotFound
from functions.domain.keys import rendition_key
from functions.domain.media_types import OCTET_STREAM, find_extension
from functions.domain.steps import Rendition


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """One version of an object that clients may read. `size` is bytes, `sha256` lower-case hex or None.

    `file_name` is the name under which it is saved.
    `charset` is None for what is no text, and for text in an encoding that the bytes do not show.
    """

    key: str
    version: str
    content_type: str
    file_name: str
    size: int
    sha256: str | None
    charset: str | None = None


def find_content(document: Document, rendition: str | None) -> StoredContent:
    """Returns the original, or the rendition with this name. Without an original, the first rendition stands for it.

    `document` is ready. Raises NotFound `rendition_not_found`.
    """
    if rendition is None and document.stored_version is not None:
        return _original(document, document.stored_version)
    for each in document.renditions:
        if rendition in (None, each.name):
            return _rendition(document, each)
    raise NotFound(Code.RENDITION_NOT_FOUND)


def _original(document: Document, version: str) -> StoredContent:
    content_type = document.content_type or OCTET_STREAM
    return StoredContent(
        key=document.documents_key,
        version=version,
        content_type=content_type,
        file_name=choose_download_name(document.file_name, content_type),
        size=document.size,
        sha256=document.sha256,
        charset=document.charset,
    )


def _rendition(document: Document, rendition: Rendition) -> StoredContent:
    return StoredContent(
        key=rendition_key(document.owner, document.id, rendition.step, rendition.name),
        version=rendition.version,
        content_type=rendition.content_type,
        file_name=choose_download_name(
            _name_rendition(document.file_name, rendition), rendition.content_type
        ),
        size=rendition.size,
        sha256=rendition.sha256,
    )


def _name_rendition(file_name: str, rendition: Rendition) -> str:
    """Returns `photo-thumb.webp` for the rendition `thumb` of `photo.jpg`."""
    stem = file_name.rpartition(".")[0] or file_name
    has_extension = "." in rendition.name
    return f"{stem}-{rendition.name}" + ("" if has_extension else find_extension(rendition.content_type))
