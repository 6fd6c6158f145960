"""Checksums in both spellings: that of the domain, and that of S3."""

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.checksums import to_base64, to_hex

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_s3_writes_the_checksum_of_no_bytes_in_44_characters() -> None:
    assert to_base64(EMPTY) == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@given(st.binary(min_size=32, max_size=32))
def test_a_checksum_is_the_same_after_both_conversions(digest: bytes) -> None:
    assert to_hex(to_base64(digest.hex())) == digest.hex()
