"""The DynamoDB table: one item collection per owner, and two sparse indexes: of what is due and of what has failed."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

DUE = "due"
"""Name of the index of owners with open uploads and of documents that need a check, by the time of the next one."""

FAILED = "failed"
"""Name of the index of failed documents, by the time of the failure. No other item has its attributes."""


class DocumentTable(Construct):
    """An on-demand table with point-in-time recovery for 35 days.

    With `has_stream` its stream carries the images of each item before and after its write, for events.py.

    The attribute `ttl` (epoch seconds) expires items that nobody needs any more, such as emptied records.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        removal_policy: cdk.RemovalPolicy,
        deletion_protection: bool,
        key: kms.IKey | None,
        has_stream: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if has_stream else None,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if key else None,
            encryption_key=key,
            deletion_protection=deletion_protection,
            removal_policy=removal_policy,
        )
        self.table.add_global_secondary_index(
            index_name=DUE,
            partition_key=dynamodb.Attribute(name="due_shard", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="next_check_at", type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.table.add_global_secondary_index(
            index_name=FAILED,
            partition_key=dynamodb.Attribute(name="failed_shard", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="failed_at", type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
