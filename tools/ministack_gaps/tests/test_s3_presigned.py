"""A presigned PUT with headers that its signature does not cover."""

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request


def test_a_presigned_put_rejects_an_unsigned_amz_header(closed: Account, published: Account) -> None:
    def put(account: Account, **headers: str) -> int:
        url = account.presign("put_object", Bucket=account.create_bucket(), Key="a")
        return request("PUT", url, content=b"hello", headers=headers).status_code

    assert put(closed) == 200
    assert put(closed, **{"x-amz-tagging": "a=b"}) == 403
    assert put(published, **{"x-amz-tagging": "a=b"}) == 200, FIXED_UPSTREAM
