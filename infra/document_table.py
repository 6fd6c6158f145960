"""The table: one item collection an owner, so listing needs no index; and one index for what is due."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

DUE = "due"
"""The index of owners with open uploads, and of documents that need a look of their own, by when."""


class DocumentTable(Construct):
    """Billed by request, restorable to any second of the last 35 days; `ttl` (epoch seconds) removes garbage only."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        removal_policy: cdk.RemovalPolicy,
        protect: bool,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if key else None,
            encryption_key=key,
            deletion_protection=protect,
            removal_policy=removal_policy,
        )
        self.table.add_global_secondary_index(
            index_name=DUE,
            partition_key=dynamodb.Attribute(name="due_shard", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="next_check_at", type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
