"""Cursors of a list: opaque to clients, bound to the owner and to the filter they were given for.

The tag is no secret: a forged cursor could only reach the forger's own documents. It exists so that a damaged cursor,
or one of another list, is an error and not a wrong page.
"""

import base64
import binascii
import hashlib
import hmac
import uuid

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.ids import is_document_id

_TAG_BYTES = 8


def encode(document_id: str, owner: str, scope: str) -> str:
    raw = uuid.UUID(document_id).bytes
    return base64.urlsafe_b64encode(raw + _tag(raw, owner, scope)).decode()


def decode(cursor: str, owner: str, scope: str) -> str:
    """The document id inside. Raises InvalidInput `cursor_invalid`."""
    try:
        data = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise _invalid() from None
    if base64.urlsafe_b64encode(data).decode() != cursor:
        raise _invalid()  # another spelling of the same bytes, such as more padding
    raw, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
    if len(raw) != 16 or not hmac.compare_digest(tag, _tag(raw, owner, scope)):
        raise _invalid()
    document_id = str(uuid.UUID(bytes=raw))
    if not is_document_id(document_id):
        raise _invalid()
    return document_id


def _tag(raw: bytes, owner: str, scope: str) -> bytes:
    return hmac.digest(owner.encode(), raw + scope.encode(), hashlib.sha256)[:_TAG_BYTES]


def _invalid() -> InvalidInput:
    return InvalidInput(Code.CURSOR_INVALID, "This cursor was not given for this list.", field="cursor")
