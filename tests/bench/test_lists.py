"""The bench of lists, on a small scale: its scenarios find what they should, and a filter costs no more than a bounded number
of pages.
"""

import pytest

from bench.item_collection import ItemCollection
from bench.lists import FILTERED, LIMIT, UNFILTERED, Scenario, measure, rows
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.repository import ListQuery
from tests.examples import OWNER


@pytest.mark.parametrize("scenario", [UNFILTERED, *FILTERED], ids=lambda scenario: scenario.name)
def test_a_list_returns_every_document_that_matches(scenario: Scenario) -> None:
    repository = DynamoDBDocuments(ItemCollection(1_000, scenario.build), "documents")
    page = repository.page(ListQuery(OWNER, LIMIT, **scenario.filters))
    found = [document.id for document in page.documents]
    while page.next_before is not None:
        page = repository.page(ListQuery(OWNER, LIMIT, before=page.next_before, **scenario.filters))
        found += [document.id for document in page.documents]
    assert len(found) == len({*found}) == (-(-1_000 // scenario.every) if scenario.every else 0)


def test_a_page_without_a_filter_reads_one_document_more_than_it_returns() -> None:
    cost = measure(UNFILTERED, 1_000)
    assert (cost.queries, cost.documents) == (1, LIMIT + 1)


def test_the_ratios_are_relative_to_the_list_without_a_filter() -> None:
    found = {row.what: row for row in rows(500)}
    assert found["no filter: a page"].ratio == found["no filter: all pages"].ratio == 1
    assert not [row for row in found.values() if row.is_above_bar]
