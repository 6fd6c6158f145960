"""Pages of a list. DynamoDB filters after reading, so the number of items to read is unknown until they are read.

The first query reads as many items as a page without a filter needs, and each further one four times as many. So the
cost of a page is in proportion to the distance between its documents, and never more than that of `MAX_QUERIES` queries.
"""

from collections.abc import Callable, Mapping
from typing import Any

from functions.adapters.dynamodb import queries
from functions.adapters.dynamodb.attributes import Item, from_item
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX, document_from_item, document_key
from functions.domain.repository import ListQuery, Page

MAX_QUERIES = 12
"""Maximum number of queries for one page.

DynamoDB reads up to 1 MB a query ("Query", Amazon DynamoDB Developer Guide), so this many read up to some 10 MB.
"""

_GROWTH = 4

RunQuery = Callable[[Mapping[str, Any], Item | None], tuple[list[Item], Item | None]]
"""Returns the items after a key, and the key to continue after, which is None at the end."""


def read(run_query: RunQuery, table: str, query: ListQuery) -> Page:
    """Returns one page. A full page ends the search, so that the last page may be empty."""
    request = queries.page(table, query)
    start = document_key(query.owner, query.before) if query.before else None
    found: list[Item] = []
    number_to_read = query.limit + 1
    for _ in range(MAX_QUERIES):
        items, start = run_query({**request, "Limit": number_to_read}, start)
        found += [item for item in items if _matches_name(item, query)]
        if len(found) >= query.limit or start is None:
            break
        number_to_read *= _GROWTH
    return _build_page(query, found, start)


def _build_page(query: ListQuery, found: list[Item], start: Item | None) -> Page:
    """`start` is the key to continue after, or None if everything has been read."""
    documents = tuple(map(document_from_item, found[: query.limit]))
    if len(found) > query.limit:
        return Page(documents, documents[-1].id)
    next_before = from_item(start)["sk"].removeprefix(DOCUMENT_PREFIX) if start else None
    return Page(documents, next_before, is_incomplete=start is not None and len(found) < query.limit)


def _matches_name(item: Item, query: ListQuery) -> bool:
    return query.matches_name(item["file_name"]["S"], item["title"]["S"])
