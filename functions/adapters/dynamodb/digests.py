"""The item DIGEST#{kind}#{sha256}#{size}: the original of equal bytes of an owner. Parameters of DynamoDB's API, without I/O.

The item exists exactly while its document is ready, because the transactions that change the status write it too. Only
documents of kinds that look for duplicates have one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import build_item, read_item
from functions.domain.document import Document
from functions.domain.duplicates import ContentDigest
from functions.domain.events import Transition

_PREFIX = "DIGEST#"


def write(table: str, transition: Transition) -> list[dict[str, Any]]:
    """Returns the items that a transaction adds to a change of the document. Empty for nearly all changes."""
    if (claimed := transition.claimed_digest) is not None:
        return [{"Put": _claim(table, claimed, transition.after.id)}]
    if (released := transition.released_digest) is not None:
        return [{"Delete": {"TableName": table, "Key": _key(released)}}]
    return []


def declared_sort_keys(documents: Sequence[Document]) -> dict[str, str]:
    """Returns document id -> sort key of the item for its declared SHA-256. Documents without one are left out."""
    return {
        each.id: _sort_key(ContentDigest(each.owner, each.kind, each.declared_sha256, each.size))
        for each in documents
        if each.declared_sha256 is not None
    }


def read_original(item: Mapping[str, Any]) -> str:
    """Returns the id of the original. Raises SchemaVersionError."""
    return str(read_item(item)["document_id"])


def _claim(table: str, digest: ContentDigest, document_id: str) -> dict[str, Any]:
    return {
        "TableName": table,
        "Item": _key(digest) | build_item({"document_id": document_id}),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _key(digest: ContentDigest) -> Item:
    return to_item({"pk": digest.owner, "sk": _sort_key(digest)})


def _sort_key(digest: ContentDigest) -> str:
    return f"{_PREFIX}{digest.kind}#{digest.sha256}#{digest.size}"
