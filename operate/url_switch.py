"""The switch of all presigned URLs: one statement in the policy of the bucket, as docs/security.md has it."""

import json
from typing import Any

from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.doctor.policies import STOP_SID, read_bucket_policy


def build_stop_statement(bucket: str, partition: str = "aws") -> dict[str, Any]:
    """Returns the statement that denies every presigned request. The functions of the deployment sign with headers."""
    return {
        "Sid": STOP_SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:{partition}:s3:::{bucket}", f"arn:{partition}:s3:::{bucket}/*"],
        "Condition": {"StringEquals": {"s3:authType": ["REST-QUERY-STRING", "POST"]}},
    }


def set_urls(deployment: Deployment, *, are_stopped: bool, dry_run: bool) -> bool:
    """Adds or removes the statement. Returns False if nothing is to be done. Raises OperateError.

    IAM actions: s3:GetBucketPolicy, s3:PutBucketPolicy.
    """
    s3, bucket = deployment.client("s3"), deployment.bucket
    with translate_errors():
        policy = read_bucket_policy(s3, bucket)
        others = [each for each in policy["Statement"] if each.get("Sid") != STOP_SID]
        if are_stopped == (len(others) < len(policy["Statement"])):
            return False
        statements = [*others, *([build_stop_statement(bucket, deployment.partition)] if are_stopped else [])]
        if not dry_run:
            s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy | {"Statement": statements}))
    return True
