"""A bucket policy that names a role by aws:PrincipalArn."""

import json

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code


def write_as_the_only_writer(account: Account) -> str | None:
    """Writes with the role that a policy exempts from its Deny. Returns the code of the error."""
    bucket = account.create_bucket()
    _, arn = account.create_role("s3:PutObject")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringNotEquals": {"aws:PrincipalArn": arn}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    account.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    other = account.assume_role(account.create_role("s3:PutObject")[1])
    assert error_code(other.put_object, Bucket=bucket, Key="key", Body=b"") == "AccessDenied"
    return error_code(account.assume_role(arn).put_object, Bucket=bucket, Key="key", Body=b"")


def test_the_key_has_the_role_of_a_session(closed: Account, published: Account) -> None:
    assert write_as_the_only_writer(closed) is None
    assert write_as_the_only_writer(published) == "AccessDenied", FIXED_UPSTREAM
