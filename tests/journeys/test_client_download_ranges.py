"""Downloads of the client in ranges: from S3, and by `make test-edge` from CloudFront, which hides why it refuses a URL."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium
from tests.journeys.fake_downloads import PARALLEL
from tests.journeys.files import pdf
from tests.journeys.ranged_downloads import RANGES, SIZE, RangedDownload, open_download
from tests.journeys.storage import Storage
from tests.journeys.wait import wait_until

pytestmark = needs_chromium

_DATA = pdf(SIZE)
_LIFETIME = 20
"""Seconds for which a URL is valid that expires during its download."""


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
    download.start()
    download.expect_content()
    assert download.answered == RANGES
    assert download.url_count == 1


def test_a_range_whose_connection_breaks_continues_where_it_was(download: RangedDownload) -> None:
    download.proxy.broken = RANGES[1]
    download.start()
    download.expect_content()
    last_bytes = [name.rpartition("-")[2] for name in [*RANGES, RANGES[1]]]
    assert sorted(name.rpartition("-")[2] for name in download.answered) == sorted(last_bytes)
    assert download.url_count == 1


def test_a_url_that_expires_during_the_download_is_replaced(
    download: RangedDownload, admin: AdminClient
) -> None:
    download.proxy.delayed = RANGES[1]
    with admin.override_settings("Documents", AIRLOCK_DOWNLOAD_LIFETIME=_LIFETIME):
        download.start()
        expiry = time.monotonic() + _LIFETIME + 1
        wait_until(lambda: len(download.answered) == PARALLEL, "every range but the delayed one has arrived")
        time.sleep(max(0, expiry - time.monotonic()))
    download.proxy.delayed = ""
    download.proxy.forwards.set()
    download.expect_content()
    assert download.answered == RANGES
    assert (RANGES[1], 403) in download.proxy.ranges
    assert download.url_count == 2
