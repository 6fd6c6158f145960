"""A presigned request with headers that its signature does not cover."""

import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request


def test_a_presigned_put_rejects_an_unsigned_amz_header(closed: Account, published: Account) -> None:
    def put(account: Account, **headers: str) -> int:
        url = account.presign("put_object", Bucket=account.create_bucket(), Key="a")
        return request("PUT", url, content=b"hello", headers=headers).status_code

    assert put(closed) == 200
    assert put(closed, **{"x-amz-tagging": "a=b"}) == 403
    assert put(published, **{"x-amz-tagging": "a=b"}) == 200, FIXED_UPSTREAM


@pytest.mark.parametrize("value", ["Bearer token", "Basic dXNlcjpwYXNz"])
def test_a_presigned_request_rejects_an_authorization_header(
    closed: Account, published: Account, value: str
) -> None:
    def get(account: Account, **headers: str) -> tuple[int, bool]:
        bucket = account.create_bucket()
        account.s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
        answer = request("GET", account.presign("get_object", Bucket=bucket, Key="a"), headers=headers)
        return answer.status_code, "Only one auth mechanism allowed" in answer.text

    assert get(closed) == (200, False)
    assert get(closed, authorization=value) == (400, True)
    assert get(published, authorization=value)[0] == 200, FIXED_UPSTREAM
