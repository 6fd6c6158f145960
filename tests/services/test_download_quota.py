"""The daily limit of downloads: what counts, and when no URL is issued."""

from dataclasses import replace
from datetime import datetime

import pytest

from functions.adapters.dynamodb.unavailable import table_unavailable
from functions.adapters.p256_key import P256Key
from functions.domain.document import Document, Status
from functions.domain.errors import TooMany, Unavailable, WrongState
from functions.domain.owner_usage import DownloadQuota
from functions.services.documents import DocumentService
from functions.signing.delivery import CloudFrontDelivery, Delivery, S3Delivery, TrustedKey
from functions.signing.presigning import DownloadMethod
from tests.examples import NOW, OWNER, PLENTY, SIGNER, a_document, an_id
from tests.fake_owner_usage import InMemoryOwnerUsage
from tests.fakes import InMemoryDocuments
from tests.repository_steps import a_passed_step, rendition_facts

SIZE, THUMB = 1_000, 7


class UnavailableUsage(InMemoryOwnerUsage):
    """Counters of a table that throttles every write."""

    def add_download(self, owner: str, size: int, limit: int, now: datetime) -> int | None:
        raise table_unavailable()


def ready() -> Document:
    thumb = rendition_facts("r2", size=THUMB, contentType="image/png", sha256="cd" * 32)
    return a_document(
        status=Status.READY,
        size=SIZE,
        content_type="image/png",
        sha256="ab" * 32,
        stored_version="d1",
        steps=(a_passed_step("render", renditions={"thumb": thumb}),),
    )


class Downloads:
    """Downloads of one document with a limit. `counted` is the number of bytes of the day."""

    def __init__(
        self, limit: int, counters: InMemoryOwnerUsage | None = None, delivery: Delivery | None = None
    ) -> None:
        self.counters = counters or InMemoryOwnerUsage()
        self.repository = InMemoryDocuments()
        self.repository.create(ready(), PLENTY, None, NOW)
        self.service = DocumentService(
            repository=self.repository,
            delivery=delivery or S3Delivery(lambda: SIGNER),
            download_lifetime=300,
            restore_window=1,
            downloads=DownloadQuota(self.counters, limit),
        )

    def sign(self, rendition: str | None = None, method: DownloadMethod = "GET") -> str:
        found = self.service.download(
            OWNER, an_id(), rendition=rendition, inline=False, method=method, now=NOW
        )
        return found.signed.url

    @property
    def counted(self) -> int:
        return self.counters.read(OWNER, NOW)[1]


def test_an_original_and_a_rendition_count_with_their_own_sizes() -> None:
    downloads = Downloads(limit=10_000)
    assert downloads.sign()
    assert downloads.sign("thumb")
    assert downloads.counted == SIZE + THUMB


def test_every_url_counts_because_each_may_be_used() -> None:
    downloads = Downloads(limit=2 * SIZE)
    assert downloads.sign()
    assert downloads.sign()
    with pytest.raises(TooMany) as refusal:
        downloads.sign()
    assert refusal.value.code == "daily_downloads_exceeded"
    assert downloads.counted == 2 * SIZE


def test_what_is_small_enough_still_has_a_url() -> None:
    downloads = Downloads(limit=SIZE + THUMB)
    downloads.sign()
    with pytest.raises(TooMany):
        downloads.sign()
    assert downloads.sign("thumb")


def test_a_document_above_the_limit_has_one_url_a_day() -> None:
    downloads = Downloads(limit=1)
    assert downloads.sign()
    with pytest.raises(TooMany) as refusal:
        downloads.sign("thumb")
    [limit] = refusal.value.limits
    assert (limit.quota, limit.remaining, limit.unit) == (1, 0, "content-bytes")


def test_a_head_and_a_refused_download_count_nothing() -> None:
    downloads = Downloads(limit=SIZE)
    assert downloads.sign(method="HEAD")
    downloads.repository._documents = {
        key: replace(document, status=Status.PROCESSING)
        for key, document in downloads.repository._documents.items()
    }
    with pytest.raises(WrongState):
        downloads.sign()
    assert downloads.counted == 0


def test_a_url_of_cloudfront_counts_for_head_too_because_it_serves_get() -> None:
    key = TrustedKey("K2JCJMDEHXQW5F", P256Key.generate())
    delivery = CloudFrontDelivery("https://d111111abcdef8.cloudfront.net", lambda: key)
    downloads = Downloads(SIZE, delivery=delivery)
    assert downloads.sign(method="HEAD")
    assert downloads.counted == SIZE
    with pytest.raises(TooMany):
        downloads.sign(method="HEAD")


def test_no_url_is_issued_that_the_table_cannot_count() -> None:
    downloads = Downloads(SIZE, UnavailableUsage())
    with pytest.raises(Unavailable) as fault:
        downloads.sign()
    assert fault.value.retry_after == 1
    assert downloads.sign(method="HEAD")
