"""One file to upload with its options, and the body of its create."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from airlock_client._part_size import MAX_SINGLE_REQUEST, choose_part_size
from airlock_client._sources import FileSource, Source
from airlock_client.errors import AirlockError
from airlock_client.models import CreateRequest
from airlock_client.progress import OnProgress


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file to upload."""

    source: Source
    kind: str | None = None
    """By default, the first kind that accepts the content type."""
    content_type: str | None = None
    """By default, that of the extension."""
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    part_size: int | None = None
    """Preferred size of a part in bytes. By default, it depends on the size of the file."""
    on_progress: OnProgress | None = None

    @property
    def is_sent_in_parts(self) -> bool:
        return self.source.size > (self.part_size or MAX_SINGLE_REQUEST)

    def describe(self) -> dict[str, object]:
        """Returns what distinguishes this upload from another one of the same file."""
        fields = {
            "kind": self.kind,
            "contentType": self.content_type,
            "title": self.title,
            "metadata": dict(self.metadata) or None,
        }
        return {name: value for name, value in fields.items() if value is not None}


def open_source(file: Path | str | Source) -> Source:
    """Returns the source of a file on disk, or the given one. Raises FileChangedError for a file that is not there."""
    return FileSource(Path(file)) if isinstance(file, str | Path) else file


def create_request(upload: Upload, sha256: str | None) -> CreateRequest:
    """Returns the body of the create. It is the same for the same file, as an Idempotency-Key requires.

    `sha256` is that of a file that is sent in one request, and None for one in parts, of which each has its own.
    Raises AirlockError `filename_invalid` for a name that no text can contain, such as one in Latin-1 on Linux.
    """
    _check_name(upload.source.name)
    fields = {"fileName": upload.source.name, "size": upload.source.size, **upload.describe()}
    if sha256 is not None:
        return CreateRequest.model_validate({**fields, "method": "PUT", "sha256": sha256})
    part_size = upload.part_size or choose_part_size(upload.source.size)
    parts = {"method": "MULTIPART", "partChecksums": True, "partSize": part_size}
    return CreateRequest.model_validate(fields | parts)


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise AirlockError("filename_invalid", "The file name is not valid UTF-8.") from None
