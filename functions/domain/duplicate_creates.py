"""Creates of duplicates, for kinds that reject them: the table knows the declared SHA-256, so no byte is sent in vain."""

from collections.abc import Sequence
from datetime import datetime

from functions.domain.document import Document
from functions.domain.duplicates import DuplicatePolicy, duplicate_error
from functions.domain.kinds import Kinds
from functions.domain.quota import BatchResult
from functions.domain.repository import DocumentRepository, IdempotencyKey


def replace_duplicates(
    repository: DocumentRepository,
    kinds: Kinds,
    items: Sequence[BatchResult],
    idempotency: IdempotencyKey | None,
    now: datetime,
) -> list[BatchResult]:
    """Returns the items with an error in place of each new document whose bytes its owner has, if its kind rejects that.

    Reads the table only if there is such a kind and a declared SHA-256. Raises AlreadyCreated.
    """
    declared = [item for item in items if isinstance(item, Document) and _is_compared(item, kinds)]
    if not declared:
        return [*items]
    originals = repository.find_originals(declared, idempotency, now)
    return [
        duplicate_error(originals[item.id]) if isinstance(item, Document) and item.id in originals else item
        for item in items
    ]


def _is_compared(document: Document, kinds: Kinds) -> bool:
    kind = kinds.get(document.kind)
    rejects = kind is not None and kind.duplicates is DuplicatePolicy.REJECT
    return rejects and document.declared_sha256 is not None
