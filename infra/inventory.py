"""S3 Inventory (`-c inventory=true`): every week S3 reports all versions of `documents/` and `renditions/`.

The reports have a bucket of their own for three reasons. In CloudFormation no bucket can name its own ARN. The policy of
the documents' bucket allows nothing, and so it stays. Only a bucket without versions forgets what it expires.
"""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.keys import DOCUMENTS, RENDITIONS
from functions.domain.lifetimes import REPORT_RETENTION
from functions.domain.reports import REPORT_PERIOD
from infra.alarms import create_alarm
from infra.context import Deployment
from infra.durations import to_duration
from infra.private_bucket import create_private_bucket

_OVERDUE = 2 * REPORT_PERIOD
_FIELDS = ["Size", "LastModifiedDate"]
"""Columns besides bucket, key, version, and the flags of the latest version and of a delete marker."""


class Inventory(Construct):
    """The bucket of the reports, and one inventory for each prefix. `key` encrypts the reports, if there is one.

    S3 needs no further right to the key: the statement of its policy that is for messages covers reports too.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: s3.Bucket,
        removal_policy: cdk.RemovalPolicy,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = create_private_bucket(
            self,
            "Reports",
            key=key,
            removal_policy=removal_policy,
            # Keys contain owner keys, so a report is data about people.
            lifecycle_rules=[s3.LifecycleRule(id="ExpireReports", expiration=to_duration(REPORT_RETENTION))],
        )
        self.bucket.add_to_resource_policy(_allow_delivery(self.bucket, source))
        # Not the L2 method, because that adds a statement without aws:SourceAccount.
        cast(s3.CfnBucket, source.node.default_child).inventory_configurations = [
            _inventory(prefix, self.bucket) for prefix in (DOCUMENTS, RENDITIONS)
        ]

    def watch(self, sweeps_log: logs.LogGroup) -> None:
        """Adds the alarm for reports that do not come. In each period `sweeps` logs the age of the newest one."""
        age = logs.MetricFilter(
            self,
            "Age",
            log_group=sweeps_log,
            filter_pattern=logs.FilterPattern.all(
                logs.FilterPattern.string_value("$.message", "=", "report"),
                logs.FilterPattern.number_value("$.age_seconds", ">=", 0),
            ),
            metric_namespace=cdk.Stack.of(self).stack_name,
            metric_name="ReportAge",
            metric_value="$.age_seconds",
        )
        create_alarm(
            self,
            "Overdue",
            age.metric(period=cdk.Duration.hours(1), statistic="Maximum"),
            threshold=_OVERDUE.total_seconds(),
            description=f"No report of S3 Inventory has begun for {_OVERDUE.days} days: nothing compares "
            "stored objects with records. Look at the policy of the bucket of the reports, and at its KMS key. The alarm "
            "StagingSweep says if no sweep runs at all.",
        )


def _allow_delivery(reports: s3.Bucket, source: s3.Bucket) -> iam.PolicyStatement:
    """Allows S3 to write reports about our bucket, and about no bucket of another account."""
    return iam.PolicyStatement(
        sid="AllowInventoryReports",
        principals=[iam.ServicePrincipal("s3.amazonaws.com")],
        actions=["s3:PutObject"],
        resources=[reports.arn_for_objects("*")],
        conditions={
            "ArnLike": {"aws:SourceArn": source.bucket_arn},
            "StringEquals": {"aws:SourceAccount": cdk.Stack.of(reports).account},
        },
    )


def _inventory(prefix: str, reports: s3.Bucket) -> s3.CfnBucket.InventoryConfigurationProperty:
    """The destination has no prefix: the bucket holds nothing else, and a prefix with a slash at its end yields wrong keys."""
    return s3.CfnBucket.InventoryConfigurationProperty(
        id=prefix.rstrip("/"),
        enabled=True,
        prefix=prefix,
        included_object_versions="All",
        optional_fields=_FIELDS,
        schedule_frequency="Weekly",
        destination=s3.CfnBucket.DestinationProperty(
            bucket_account_id=cdk.Stack.of(reports).account, bucket_arn=reports.bucket_arn, format="CSV"
        ),
    )


def create_inventory(
    scope: Construct,
    deployment: Deployment,
    *,
    source: s3.Bucket,
    removal_policy: cdk.RemovalPolicy,
    key: kms.IKey | None,
) -> Inventory | None:
    """Creates the reports, if the deployment has them."""
    if not deployment.inventory:
        return None
    return Inventory(scope, "Inventory", source=source, removal_policy=removal_policy, key=key)
