"""GetObject of a version, with a range and with response-* parameters."""

import httpx

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request


def _get_version(account: Account, byte_range: str = "", **more: str) -> httpx.Response:
    """Gets a version of 11 bytes."""
    bucket = account.create_bucket()
    version = account.s3.put_object(Bucket=bucket, Key="a", Body=b"hello world")["VersionId"]
    url = account.presign("get_object", Bucket=bucket, Key="a", VersionId=version, **more)
    return request("GET", url, headers={"range": byte_range} if byte_range else {})


def test_a_range_of_a_version_returns_only_its_bytes(closed: Account, published: Account) -> None:
    response = _get_version(closed, "bytes=2-4")
    assert (response.status_code, response.content) == (206, b"llo")
    assert response.headers["content-range"] == "bytes 2-4/11"
    assert _get_version(published, "bytes=2-4").status_code == 200, FIXED_UPSTREAM


def test_a_range_of_a_version_has_no_checksum_of_the_whole_object(closed: Account) -> None:
    headers = _get_version(closed, "bytes=2-4", ChecksumMode="ENABLED").headers
    assert [name for name in headers if name.startswith("x-amz-checksum-")] == []


def test_a_range_beyond_the_end_of_a_version_is_not_satisfiable(closed: Account) -> None:
    response = _get_version(closed, "bytes=11-")
    assert (response.status_code, response.headers["content-range"]) == (416, "bytes */11")


def test_a_version_has_the_headers_that_the_url_asks_for(closed: Account, published: Account) -> None:
    overrides = {"ResponseContentDisposition": "attachment", "ResponseContentType": "application/pdf"}

    def headers(account: Account, byte_range: str) -> tuple[str | None, str | None]:
        found = _get_version(account, byte_range, **overrides).headers
        return found.get("content-disposition"), found.get("content-type")

    assert headers(closed, "") == headers(closed, "bytes=0-1") == ("attachment", "application/pdf")
    assert headers(published, "")[0] is None, FIXED_UPSTREAM
