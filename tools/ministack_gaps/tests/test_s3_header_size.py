"""A request whose URL and headers together are long."""

import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request


@pytest.mark.parametrize("place", ["url", "header"])
def test_url_and_headers_have_at_most_8_kb(closed: Account, published: Account, place: str) -> None:
    def get(account: Account, length: int) -> tuple[int, bool]:
        bucket = account.create_bucket()
        account.s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
        disposition = f'attachment; filename="{"x" * (length if place == "url" else 1)}"'
        url = account.presign("get_object", Bucket=bucket, Key="a", ResponseContentDisposition=disposition)
        headers = {"x-padding": "x" * length} if place == "header" else {}
        answer = request("GET", url, headers=headers)
        return answer.status_code, "<MaxSizeAllowed>8192</MaxSizeAllowed>" in answer.text

    assert get(closed, 7_000) == (200, False)
    assert get(closed, 8_200) == (400, True)
    assert get(published, 8_200)[0] == 200, FIXED_UPSTREAM
