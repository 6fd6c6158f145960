"""The item USAGE as a test sees it, and the janitor's look at what is due."""

from datetime import datetime
from typing import Any

from functions.adapters.dynamodb.items import from_item
from functions.adapters.dynamodb.usage import USAGE
from functions.domain.repository import DocumentRepository
from tests.adapters.conftest import Table


def usage_of(table: Table) -> dict[str, Any]:
    """Of the only owner there is."""
    [item] = [item for item in table.items() if item["sk"] == {"S": USAGE}]
    return from_item(item)  # type: ignore[arg-type]


def due(repository: DocumentRepository, at: datetime) -> list[str]:
    return sorted(found[1] for found in repository.due(at) if found)
