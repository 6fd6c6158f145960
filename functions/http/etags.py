"""Entity tags of documents. A tag is the revision of the record in quotes."""

import re

from functions.domain.document import Document

# RFC 9110, 13.1.1: If-Match compares strongly, so a weak tag (W/"1") matches nothing.
_STRONG_TAG = re.compile(r'(?:^|,)\s*"([1-9]\d{0,15})"\s*(?=,|$)', re.ASCII)


def format_etag(document: Document) -> str:
    return f'"{document.revision}"'


def parse_if_match(header: str | None) -> frozenset[int] | None:
    """Returns the revisions that an If-Match header allows. None allows any, as without a header or with `*`."""
    if header is None or header.strip() == "*":
        return None
    return frozenset(map(int, _STRONG_TAG.findall(header)))
