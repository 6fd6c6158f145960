"""DeleteObjects by a role."""

from typing import Any

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code


def delete_by_role(account: Account, action: str, *, pinned: bool) -> str | None:
    """Deletes an object with a role that has this one right. Returns the code of the error."""
    _, arn = account.create_role(action)
    bucket = account.create_bucket()
    version = account.s3.put_object(Bucket=bucket, Key="key", Body=b"x")["VersionId"]
    target: dict[str, Any] = {"Key": "key"} | ({"VersionId": version} if pinned else {})
    return error_code(account.assume_role(arn).delete_objects, Bucket=bucket, Delete={"Objects": [target]})


def test_a_version_is_deleted_with_the_right_to_delete_versions(closed: Account, published: Account) -> None:
    assert delete_by_role(closed, "s3:DeleteObjectVersion", pinned=True) is None
    assert delete_by_role(closed, "s3:DeleteObject", pinned=True) == "AccessDenied"
    assert delete_by_role(published, "s3:DeleteObjectVersion", pinned=True) == "AccessDenied", FIXED_UPSTREAM


def test_a_delete_without_a_version_needs_the_right_to_delete_objects(closed: Account) -> None:
    assert delete_by_role(closed, "s3:DeleteObject", pinned=False) is None
    assert delete_by_role(closed, "s3:DeleteObjectVersion", pinned=False) == "AccessDenied"
