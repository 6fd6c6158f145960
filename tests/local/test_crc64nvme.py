"""S3's own checksum, against the published check value and against MiniStack's, which is right but slow."""

import os

import pytest
from ministack.services import s3

from local.crc64nvme import crc64nvme, joined

_EDGES = [0, 1, 7, 8, 9, 64 * 32, 64 * 32 + 1, 65 * 32, 64 * 512 + 31, 100_001, (1 << 23) + 5]


def test_the_check_value_is_the_one_in_the_catalogue() -> None:
    assert crc64nvme(b"123456789") == 0xAE8B14860A799888


@pytest.mark.parametrize("size", _EDGES)
def test_it_is_the_checksum_that_a_loop_over_the_bytes_gives(size: int) -> None:
    data = os.urandom(size)
    assert crc64nvme(data) == s3._crc64nvme(data)


def test_a_piece_after_a_piece_gives_the_checksum_of_both() -> None:
    first, second = os.urandom(10_000_001), os.urandom(3_000)
    assert crc64nvme(second, before=crc64nvme(first)) == crc64nvme(first + second)


@pytest.mark.parametrize("size", [0, 1, 12_345])
def test_the_checksums_of_two_pieces_are_enough_for_that_of_both(size: int) -> None:
    first, second = os.urandom(777), os.urandom(size)
    assert joined(crc64nvme(first), crc64nvme(second), size) == crc64nvme(first + second)
