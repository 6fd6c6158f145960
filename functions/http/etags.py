"""Entity tags of documents, and the conditions of a request. A tag is the revision of the record in quotes.

A response with a sentence in another language than English is another representation, so its tag names the language too.
"""

import re

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import WrongState
from functions.http.texts import ENGLISH

# RFC 9110, 13.1.1: If-Match compares strongly, so a weak tag (W/"1") matches nothing.
# RFC 9110, 8.8.3. If-None-Match compares weakly (13.1.2), so the mark W/ of a weak tag does not count.
_ANY_TAG = re.compile(r'(?:^|,)\s*(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?=,|$)')
_STRONG_TAG = re.compile(r'(?:^|,)\s*"([1-9]\d{0,15})(?:-[a-z0-9-]+)?"\s*(?=,|$)', re.ASCII)


def format_etag(document: Document, language: str | None = None) -> str:
    """Returns the tag of a response. `language` is that of its sentences, None for a response without one."""
    suffix = "" if language in (None, ENGLISH) else f"-{language}"
    return f'"{document.revision}{suffix}"'


def parse_if_match(header: str | None) -> frozenset[int] | None:
    """Returns the revisions that an If-Match header allows. None allows any, as without a header or with `*`."""
    if header is None or header.strip() == "*":
        return None
    return frozenset(map(int, _STRONG_TAG.findall(header)))


def check_if_match(document: Document, header: str | None) -> None:
    """Raises WrongState `precondition_failed` if an If-Match header does not allow the revision of the document."""
    allowed = parse_if_match(header)
    if allowed is not None and document.revision not in allowed:
        raise WrongState(Code.PRECONDITION_FAILED)


def is_unchanged(etag: str, if_none_match: str | None) -> bool:
    """True if an If-None-Match header names the tag of the response, or is `*`. Then a GET returns 304."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _ANY_TAG.findall(if_none_match)
