"""Cursors of a list. They are opaque to clients, and valid only for the owner and the filter that they were issued for.

A cursor contains a tag, so that a damaged cursor or one of another list is an error instead of a wrong page. The tag
needs no secret, because a list contains only the caller's own documents.
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
    """Returns a cursor that continues after `document_id`. `scope` is any text that identifies the filter."""
    raw = uuid.UUID(document_id).bytes
    return base64.urlsafe_b64encode(raw + _tag(raw, owner, scope)).decode()


def decode(cursor: str, owner: str, scope: str) -> str:
    """Returns the document id of a cursor. Raises InvalidInput `cursor_invalid`."""
    try:
        data = base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise _invalid_cursor() from None
    if base64.urlsafe_b64encode(data).decode() != cursor:
        raise _invalid_cursor()  # another encoding of the same bytes, for example with more padding
    raw, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
    if len(raw) != 16 or not hmac.compare_digest(tag, _tag(raw, owner, scope)):
        raise _invalid_cursor()
    document_id = str(uuid.UUID(bytes=raw))
    if not is_document_id(document_id):
        raise _invalid_cursor()
    return document_id


def _tag(raw: bytes, owner: str, scope: str) -> bytes:
    return hmac.digest(owner.encode(), raw + scope.encode(), hashlib.sha256)[:_TAG_BYTES]


def _invalid_cursor() -> InvalidInput:
    return InvalidInput(Code.CURSOR_INVALID, "This cursor is not one of this list.", field="cursor")
