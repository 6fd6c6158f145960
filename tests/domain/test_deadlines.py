"""Deadlines: the time for bytes that S3 does not show yet, extensions by URLs and by parts, and their limits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from functions.domain.deadlines import (
    MIN_EXTENSION,
    deadline_with_parts,
    deadline_with_urls,
    first_deadline,
)
from functions.domain.document import Document, Method
from functions.domain.parts import GIB, MIB
from tests.examples import LIFETIMES, NOW, a_document

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SECONDS_OF_5_GIB = timedelta(seconds=5 * GIB * 8 / 1_000_000)
MULTIPART: dict[str, Any] = {"method": Method.MULTIPART, "size": 5 * GIB, "part_size": 64 * MIB}


def create(**changes: Any) -> Document:
    """Returns a document with its first deadline."""
    document = a_document(**changes)
    return a_document(**changes | {"upload_deadline": first_deadline(document, LIFETIMES)})


@pytest.mark.parametrize(
    ("changes", "deadline"),
    [
        ({"size": 1}, HOUR),
        ({"size": 5 * GIB}, 15 * MINUTE + SECONDS_OF_5_GIB),
        ({"size": 5 * GIB, "method": Method.POST}, 5 * MINUTE + SECONDS_OF_5_GIB),
        ({"size": 20 * GIB}, 24 * HOUR),
        (MULTIPART, HOUR),
        (MULTIPART | {"size": 50 * GIB, "part_size": 5 * GIB}, 15 * MINUTE + SECONDS_OF_5_GIB),
        (MULTIPART | {"size": 1, "part_size": 5 * GIB}, HOUR),
    ],
)
def test_the_first_deadline_leaves_time_for_the_bytes_that_s3_does_not_show(
    changes: dict[str, Any], deadline: timedelta
) -> None:
    assert create(**changes).upload_deadline == NOW + deadline


def test_a_short_upload_lifetime_limits_every_deadline() -> None:
    document = a_document(size=5 * GIB)
    short = LIFETIMES._replace(upload=20 * MINUTE)
    assert first_deadline(document, short) == NOW + 20 * MINUTE


@pytest.mark.parametrize("size", [1, 5 * GIB])
def test_the_url_of_a_create_needs_no_extension(size: int) -> None:
    assert deadline_with_urls(create(size=size), NOW, LIFETIMES) is None


def test_a_url_that_is_signed_again_extends_the_deadline_by_the_time_for_its_bytes() -> None:
    later = NOW + 2 * HOUR
    assert deadline_with_urls(create(size=5 * GIB), later, LIFETIMES) == (
        later + 15 * MINUTE + SECONDS_OF_5_GIB
    )


def test_no_put_is_extended_beyond_the_upload_lifetime() -> None:
    document = create(size=5 * GIB)
    assert deadline_with_urls(document, NOW + 12 * HOUR, LIFETIMES) == NOW + 24 * HOUR
    full = a_document(size=5 * GIB, upload_deadline=NOW + 24 * HOUR)
    assert deadline_with_urls(full, NOW + 20 * HOUR, LIFETIMES) is None


def test_part_urls_extend_the_deadline_when_it_comes_near() -> None:
    document = create(**MULTIPART)
    assert deadline_with_urls(document, NOW + 30 * MINUTE, LIFETIMES) is None
    late = NOW + 40 * MINUTE
    assert deadline_with_urls(document, late, LIFETIMES) == late + 24 * HOUR


def test_a_deadline_that_was_extended_is_extended_again_when_that_gains_an_hour() -> None:
    document = a_document(**MULTIPART, upload_deadline=NOW + 24 * HOUR)
    gain = MIN_EXTENSION - MINUTE
    assert deadline_with_urls(document, NOW + gain, LIFETIMES) is None
    assert deadline_with_urls(document, NOW + MIN_EXTENSION, LIFETIMES) == NOW + 25 * HOUR


def test_no_extension_goes_beyond_the_multipart_lifetime() -> None:
    document = a_document(**MULTIPART, upload_deadline=NOW + timedelta(days=6))
    late = NOW + timedelta(days=6) + MINUTE
    assert deadline_with_urls(document, late, LIFETIMES) == NOW + LIFETIMES.multipart


@pytest.mark.parametrize(
    ("deadline", "now", "extended"),
    [
        (NOW + HOUR, NOW + HOUR, NOW + 24 * HOUR),
        (NOW + HOUR, NOW + 24 * HOUR - MINUTE, NOW + 24 * HOUR),
        (NOW + HOUR, NOW + 24 * HOUR, None),
        (NOW + 24 * HOUR, NOW + 23 * HOUR, None),
        (NOW + 30 * HOUR, NOW + 30 * HOUR, None),
    ],
)
def test_a_part_extends_the_deadline_once_to_the_upload_lifetime(
    deadline: datetime, now: datetime, extended: datetime | None
) -> None:
    document = a_document(**MULTIPART, upload_deadline=deadline)
    assert deadline_with_parts(document, now, LIFETIMES) == extended
