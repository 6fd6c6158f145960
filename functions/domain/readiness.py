"""The condition for a document to be read by clients: it is ready. Errors say why it is not."""

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.errors import WrongState, document_not_found
from functions.domain.parts import MIB

_COPY_RATE = 70 * MIB
"""Bytes a second of one CopyObject (awslabs/aws-c-s3#288). A copy in parts is faster."""

_MAX_RETRY_AFTER = 30


def check_ready(document: Document) -> None:
    """Raises NotFound for a deleted document, or WrongState `not_ready`, `rejected` or `invalid_state`."""
    if document.status is Status.DELETED:
        raise document_not_found()
    if document.status is not Status.READY:
        raise _not_ready(document)


def retry_after(document: Document) -> int:
    """Returns the seconds after which a client polls a document in progress again, by the time that its copy takes."""
    return min(1 + document.size // _COPY_RATE, _MAX_RETRY_AFTER)


def _not_ready(document: Document) -> WrongState:
    if document.is_in_progress:
        return WrongState(
            Code.NOT_READY,
            f"The document is {document.status.public_status} and not yet checked.",
            retry_after=retry_after(document),
        )
    if document.status is Status.REJECTED:
        return WrongState(Code.REJECTED, f"The document was rejected: {document.reason}.")
    return WrongState(Code.INVALID_STATE, f"The document is {document.status}; there is nothing to download.")
