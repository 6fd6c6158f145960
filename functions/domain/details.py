"""Changes of what describes a document: file name, title and metadata. Without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.domain import filename
from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import InvalidInput
from functions.domain.events import UpdateRequested
from functions.domain.media_types import check_extension, essence

MAX_ENTRIES = 20
"""Maximum number of metadata entries."""

MAX_METADATA = 8 * 1024
"""Maximum size of all metadata in bytes of UTF-8, keys included, so that a list of 100 documents stays small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPatch:
    """The request of a client to change details. The types are right; the values are not yet validated.

    None keeps a file name or a title. An empty title stands for the file name. An entry of `metadata` replaces the one
    with its key, and None removes the entry; others stay.
    """

    file_name: str | None = None
    title: str | None = None
    metadata: Mapping[str, str | None] = field(default_factory=dict)


def plan_update(
    document: Document, patch: DetailsPatch, revisions: frozenset[int], actor: str | None = None
) -> UpdateRequested:
    """Returns the event with which `actor` applies `patch` to these `revisions` of the document. Raises InvalidInput.

    A title that equals the file name follows it, because `create_document` sets it so.
    """
    name = document.file_name if patch.file_name is None else _rename(document, patch.file_name)
    kept_title = name if document.title == document.file_name else document.title
    title = kept_title if patch.title is None else patch.title or name
    merged = {**document.metadata, **patch.metadata}
    metadata = {key: value for key, value in merged.items() if value is not None}
    if metadata != document.metadata:
        check_metadata(metadata)
    return UpdateRequested(revisions=revisions, file_name=name, title=title, metadata=metadata, actor=actor)


def check_metadata(metadata: Mapping[str, str]) -> None:
    """Raises InvalidInput `metadata_too_large`."""
    size = sum(len(key.encode()) + len(value.encode()) for key, value in metadata.items())
    if len(metadata) > MAX_ENTRIES or size > MAX_METADATA:
        raise InvalidInput(
            Code.METADATA_TOO_LARGE,
            f"A document may have {MAX_ENTRIES} metadata entries of {MAX_METADATA:,} bytes in all;"
            f" these {len(metadata)} have {size:,}.",
            field="metadata",
        )


def _rename(document: Document, file_name: str) -> str:
    """Returns the cleaned name. A name that stays is not checked, because earlier rules may have accepted it."""
    name = filename.clean(file_name)
    if name != document.file_name:
        # A rejected file has the type that was not accepted.
        found = (
            [] if document.content_type is None or document.reason is not None else [document.content_type]
        )
        check_extension(name, essence(document.declared_content_type), accepted=found, field="fileName")
    return name
