"""The document that a message is about: that of a task or a result of a step, or of a task to purge."""

from functions.domain.ids import is_document_id
from functions.domain.json_text import parse_json


def document_of(body: str) -> str:
    """Returns the id of the document that a message is about, or the whole body if it cannot be parsed."""
    try:
        message = parse_json(body)
    except ValueError:
        return body
    return str(message.get("documentId", body)) if isinstance(message, dict) else body


def document_id_of(body: str) -> str | None:
    """Returns the id of the document that a message is about, None if it has none that could be one."""
    found = document_of(body)
    return found if is_document_id(found) else None
