"""The switch of all URLs: one statement in the policy of the bucket, as docs/security.md has it, and the distribution, if any.

A disabled distribution serves nothing, not even from its cache. The statement alone would not reach the URLs of CloudFront.

The commands `stop-urls` and `resume-urls` set it.
"""

import argparse
import json
from dataclasses import dataclass
from typing import Any

from operate.aws_calls import translate_errors
from operate.command import Command, Result
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
    """Switches bucket and distribution. Returns False if nothing is to be done. Raises OperateError.

    IAM actions: s3:GetBucketPolicy, s3:PutBucketPolicy, cloudfront:GetDistributionConfig, cloudfront:UpdateDistribution.
    """
    is_changed = _set_statement(deployment, are_stopped=are_stopped, dry_run=dry_run)
    distribution = deployment.outputs.get("DistributionId")
    if distribution is None:
        return is_changed
    client = deployment.client("cloudfront")
    return _set_distribution(client, distribution, is_enabled=not are_stopped, dry_run=dry_run) or is_changed


def _set_distribution(client: Any, distribution: str, *, is_enabled: bool, dry_run: bool) -> bool:
    with translate_errors():
        answer = client.get_distribution_config(Id=distribution)
        config = answer["DistributionConfig"]
        if config["Enabled"] == is_enabled:
            return False
        if not dry_run:
            changed = config | {"Enabled": is_enabled}
            client.update_distribution(Id=distribution, IfMatch=answer["ETag"], DistributionConfig=changed)
    return True


def _set_statement(deployment: Deployment, *, are_stopped: bool, dry_run: bool) -> bool:
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


@dataclass(frozen=True, kw_only=True)
class UrlSwitch:
    """One position of the switch, and the lines for the operator who sets it."""

    are_stopped: bool
    changed: str
    unchanged: str
    dry_run: str

    def run(self, deployment: Deployment, arguments: argparse.Namespace) -> Result:
        """Raises OperateError."""
        is_changed = set_urls(deployment, are_stopped=self.are_stopped, dry_run=arguments.dry_run)
        line = self.changed if is_changed else self.unchanged
        return Result(
            {"changed": is_changed and not arguments.dry_run},
            [self.dry_run if is_changed and arguments.dry_run else line],
        )


def build_switch_command(help_text: str, switch: UrlSwitch) -> Command:
    return Command(help_text, switch.run, _add_arguments)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say whether the policy would change")
