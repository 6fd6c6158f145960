"""Downloads of the client in ranges from S3, with presigned URLs."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium
from tests.journeys.files import pdf
from tests.journeys.ranged_downloads import (
    SIZE,
    RangedDownload,
    assert_continues_a_broken_range,
    assert_downloads_in_ranges,
    assert_replaces_an_expired_url,
    open_download,
)
from tests.journeys.storage import Storage

pytestmark = needs_chromium

_DATA = pdf(SIZE)


@pytest.fixture(scope="module")
def document_id(ada: ApiClient, storage: Storage) -> Iterator[str]:
    id: str = ada.upload(_DATA, "plan.pdf", "application/pdf")["id"]
    yield id
    storage.remove_large_objects()


@pytest.fixture
def download(browser: Browser, stack: LocalStack, document_id: str) -> Iterator[RangedDownload]:
    with open_download(browser, stack, document_id, _DATA) as download:
        yield download


def test_a_document_arrives_in_ranges(download: RangedDownload) -> None:
    assert_downloads_in_ranges(download)


def test_a_range_whose_connection_breaks_continues_where_it_was(download: RangedDownload) -> None:
    assert_continues_a_broken_range(download)


def test_a_url_that_expires_during_the_download_is_replaced(
    download: RangedDownload, admin: AdminClient
) -> None:
    assert_replaces_an_expired_url(download, admin)
