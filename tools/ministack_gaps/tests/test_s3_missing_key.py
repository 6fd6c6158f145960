"""HeadObject of a missing key by a role."""

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code


def test_a_missing_key_is_forbidden_for_a_role_that_may_not_list(closed: Account, published: Account) -> None:
    def code(account: Account, *actions: str) -> str | None:
        _, arn = account.create_role("s3:GetObject", *actions)
        s3 = account.assume_role(arn)
        return error_code(s3.head_object, Bucket=account.create_bucket(), Key="missing")

    assert code(closed) == "403"
    assert code(closed, "s3:ListBucket") == "404"
    assert code(published) == "404", FIXED_UPSTREAM
