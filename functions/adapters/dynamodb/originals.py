"""The originals of new documents that declare a SHA-256, read with the idempotency key of their create."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from functions.adapters.dynamodb import digests, writes
from functions.adapters.dynamodb.attributes import Item, to_item
from functions.domain.document import Document
from functions.domain.repository import IdempotencyKey


class GetBatch(Protocol):
    """Returns those of up to 100 items that exist."""

    def __call__(self, keys: Sequence[Item], *, is_consistent: bool) -> Sequence[Item]: ...


def find(
    get_batch: GetBatch, documents: Sequence[Document], idempotency: IdempotencyKey | None, now: datetime
) -> dict[str, str]:
    """Returns document id -> id of its original. Raises AlreadyCreated, and reads nothing if no document declares a SHA-256.

    The key is read too, because a create that is repeated after its document became ready would find that as an original.
    """
    declared = digests.declared_sort_keys(documents)
    if not declared:
        return {}
    used_key = idempotency and writes.idempotency_sort_key(idempotency)
    sort_keys = {*declared.values()} | ({used_key} if used_key else set())
    keys = [to_item({"pk": documents[0].owner, "sk": each}) for each in sorted(sort_keys)]
    found = {item["sk"]["S"]: item for item in get_batch(keys, is_consistent=True)}
    if used_key in found and not writes.is_expired(found[used_key], now):
        raise writes.read_idempotency_key(found[used_key])
    return {
        document_id: digests.read_original(found[sort_key])
        for document_id, sort_key in declared.items()
        if sort_key in found
    }
