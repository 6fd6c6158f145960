"""CRCs in S3's byte order, against the check values of https://reveng.sourceforge.io/crc-catalogue/all.htm."""

import pytest

from strict_s3.checksums import DIGESTS


@pytest.mark.parametrize(
    ("algorithm", "check"),
    [("crc32", "cbf43926"), ("crc32c", "e3069283"), ("crc64nvme", "ae8b14860a799888")],
)
def test_a_crc_has_the_check_value_of_its_catalogue_entry(algorithm: str, check: str) -> None:
    assert DIGESTS[algorithm](b"123456789").hex() == check
