"""Pages of a list in DynamoDB: the number of queries and of items that one page reads."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from functions.adapters.dynamodb import pages
from functions.adapters.dynamodb.attributes import Item
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.items import document_key, document_to_item
from functions.domain.document import Document, Status
from functions.domain.repository import ListQuery
from tests.examples import OWNER, a_document, an_id
from tests.moto_account import Table


class RecordedQueries:
    """Runs queries on documents, newest first, like DynamoDB: it reads `Limit` items, then drops what does not match.

    Only the status is compared. `limits` are those of the queries so far.
    """

    def __init__(self, documents: list[Document]) -> None:
        self._documents = documents
        self.limits: list[int] = []

    def __call__(self, request: Mapping[str, Any], start: Item | None) -> tuple[list[Item], Item | None]:
        self.limits.append(request["Limit"])
        keys = [document_key(each.owner, each.id) for each in self._documents]
        first = keys.index(start) + 1 if start else 0
        read = self._documents[first : first + request["Limit"]]
        statuses = {
            value["S"] for name, value in request["ExpressionAttributeValues"].items() if ":s" in name
        }
        items = [document_to_item(each) for each in read if each.status in statuses]
        is_at_end = first + len(read) == len(self._documents)
        return items, None if is_at_end else keys[first + len(read) - 1]


def documents(*statuses: Status) -> list[Document]:
    """Returns documents with these statuses, the first one is the newest."""
    count = len(statuses)
    return [a_document(id=an_id(count - number), status=status) for number, status in enumerate(statuses)]


def test_a_page_without_a_filter_reads_one_document_more_than_its_limit() -> None:
    ready = documents(*[Status.READY] * 9)
    run_query = RecordedQueries(ready)
    page = pages.read(run_query, "documents", ListQuery(OWNER, 3))
    assert (page.documents, page.next_before, page.is_incomplete) == (tuple(ready[:3]), ready[2].id, False)
    assert run_query.limits == [4]


def test_a_page_that_matches_few_documents_reads_more_with_each_query() -> None:
    listed = documents(*[Status.READY] * 60, Status.FAILED)
    run_query = RecordedQueries(listed)
    page = pages.read(run_query, "documents", ListQuery(OWNER, 3, status=Status.FAILED))
    assert (page.documents, page.next_before, page.is_incomplete) == ((listed[-1],), None, False)
    assert run_query.limits == [4, 16, 64]


def test_a_full_page_ends_the_search_and_is_continued_after_what_was_read() -> None:
    listed = documents(*[Status.READY] * 4, Status.FAILED, *[Status.READY] * 500)
    run_query = RecordedQueries(listed)
    page = pages.read(run_query, "documents", ListQuery(OWNER, 1, status=Status.FAILED))
    assert (page.documents, page.is_incomplete) == ((listed[4],), False)
    assert run_query.limits == [2, 8]
    assert page.next_before == listed[9].id


def test_a_search_ends_after_its_last_query_and_says_so() -> None:
    class Endless:
        """A table of ready documents that DynamoDB reads in pages of 1 MB, each without a match."""

        count = 0

        def __call__(self, request: Mapping[str, Any], start: Item | None) -> tuple[list[Item], Item]:
            self.count += 1
            return [], document_key(OWNER, an_id(10_000 - self.count))

    run_query = Endless()
    query = ListQuery(OWNER, 50, status=Status.FAILED)
    page = pages.read(run_query, "documents", query)
    assert (page.documents, page.is_incomplete) == ((), True)
    assert page.next_before == an_id(10_000 - pages.MAX_QUERIES)
    assert run_query.count == pages.MAX_QUERIES == 12


def test_documents_behind_600_deleted_ones_are_on_the_first_page(table: Table) -> None:
    listed = documents(*[Status.DELETED] * 600, Status.READY, Status.FAILED)
    write(table, listed)
    page = repository(table).page(ListQuery(OWNER, 50))
    assert (page.documents, page.next_before) == (tuple(listed[600:]), None)
    page = repository(table).page(ListQuery(OWNER, 1))
    assert page.documents == (listed[600],)
    assert page.next_before is not None
    page = repository(table).page(ListQuery(OWNER, 1, before=page.next_before))
    assert page.documents == (listed[601],)


def test_a_name_is_found_behind_documents_with_other_names(table: Table) -> None:
    listed = [replace(each, file_name="other.png") for each in documents(*[Status.READY] * 300)]
    listed[-1] = replace(listed[-1], file_name="Résumé.pdf")
    write(table, listed)
    page = repository(table).page(ListQuery(OWNER, 5, name_contains="résumé"))
    assert (page.documents, page.next_before, page.is_incomplete) == ((listed[-1],), None, False)


def write(table: Table, written: list[Document]) -> None:
    items = [document_to_item(document) for document in written]
    for start in range(0, len(items), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        table.client.batch_write_item(RequestItems={table.name: puts})


def repository(table: Table) -> DynamoDBDocuments:
    return table.repository
