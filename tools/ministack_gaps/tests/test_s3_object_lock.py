"""A bucket whose template locks its objects."""

import json
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code

RETENTION = {"Mode": "COMPLIANCE", "Days": 30}
LOCK = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": RETENTION}}


def create_locked_bucket(account: Account) -> str:
    name = f"locked-{uuid.uuid4().hex}"
    properties = {
        "BucketName": name,
        "VersioningConfiguration": {"Status": "Enabled"},
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": LOCK,
    }
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}}
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    while cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"].endswith("IN_PROGRESS"):
        time.sleep(0.02)
    return name


def read_lock(account: Account, bucket: str) -> Any:
    try:
        answer = account.client("s3").get_object_lock_configuration(Bucket=bucket)
    except ClientError:
        return None
    return answer["ObjectLockConfiguration"]


def test_the_lock_of_a_template_is_applied(closed: Account, published: Account) -> None:
    assert read_lock(closed, create_locked_bucket(closed)) == LOCK
    assert read_lock(published, create_locked_bucket(published)) is None, FIXED_UPSTREAM


def test_a_version_in_such_a_bucket_cannot_be_deleted(closed: Account) -> None:
    bucket, s3 = create_locked_bucket(closed), closed.client("s3")
    version = s3.put_object(Bucket=bucket, Key="key", Body=b"body")["VersionId"]
    where = {"Bucket": bucket, "Key": "key", "VersionId": version}
    assert error_code(s3.delete_object, **where) == "AccessDenied"
    assert error_code(s3.delete_object, **where, BypassGovernanceRetention=True) == "AccessDenied"
    assert s3.get_object(**where)["ObjectLockMode"] == "COMPLIANCE"


def test_versions_of_a_locked_bucket_cannot_be_suspended(closed: Account, published: Account) -> None:
    suspended = {"Status": "Suspended"}

    def suspend(account: Account) -> str | None:
        name = f"locked-{uuid.uuid4().hex}"
        s3 = account.client("s3")
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
        return error_code(s3.put_bucket_versioning, Bucket=name, VersioningConfiguration=suspended)

    assert suspend(closed) == "InvalidBucketState"
    assert suspend(published) is None, FIXED_UPSTREAM


def test_a_lock_is_shown_to_a_role_that_may_read_it(closed: Account, published: Account) -> None:
    def read_mode(account: Account, *actions: str) -> str | None:
        bucket, s3 = f"locked-{uuid.uuid4().hex}", account.client("s3")
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=LOCK)
        s3.put_object(Bucket=bucket, Key="key", Body=b"body")
        role = account.assume_role(account.create_role("s3:GetObject", *actions)[1])
        mode: str | None = role.get_object(Bucket=bucket, Key="key").get("ObjectLockMode")
        return mode

    assert read_mode(closed) is None
    assert read_mode(closed, "s3:GetObjectRetention") == "COMPLIANCE"
    assert read_mode(published) == "COMPLIANCE", FIXED_UPSTREAM
