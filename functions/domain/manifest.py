"""The manifest of a ready document: a statement of what the file is, and which checks it has passed."""

from collections.abc import Mapping
from datetime import datetime

from functions.domain.document import Document, Status
from functions.domain.steps import Json, Rendition, StepRecord
from functions.domain.times import format_rfc3339

_ENGINE_FACTS = ("engine", "engineVersion", "signatureVersion")
"""Facts of a step that name the engine which has checked the file."""


def describe_document(document: Document) -> dict[str, Json]:
    """Returns the claims about a ready document. Times are RFC 3339 in UTC, sizes are bytes.

    `sha256` is None where S3 has computed none over the whole object. `versionId` is None without an original.
    """
    return {
        "id": document.id,
        "fileName": document.file_name,
        "size": document.size,
        "contentType": document.content_type,
        "sha256": document.sha256,
        "versionId": document.stored_version,
        "createdAt": format_rfc3339(document.created_at),
        "readyAt": format_rfc3339(_find_ready_time(document)),
        "steps": [_describe_step(step) for step in document.shown_steps],
        "renditions": {each.name: _describe_rendition(each) for each in document.renditions},
    }


def _find_ready_time(document: Document) -> datetime:
    entry = document.find_first_entry(Status.READY)
    return entry.at if entry else document.updated_at


def _describe_step(step: StepRecord) -> Mapping[str, Json]:
    engine = {name: step.facts[name] for name in _ENGINE_FACTS if name in step.facts}
    return {"name": step.name, "status": step.status.value, "at": format_rfc3339(step.at), **engine}


def _describe_rendition(rendition: Rendition) -> Mapping[str, Json]:
    return {
        "contentType": rendition.content_type,
        "size": rendition.size,
        "sha256": rendition.sha256,
        "versionId": rendition.version,
    }
