"""Checks of what keeps the data: the table's recovery, expiry and protection, and the KMS keys, also the one that signs."""

from collections.abc import Iterator

from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection


def check_table(inspection: Inspection) -> Iterator[Finding]:
    """IAM actions: dynamodb:DescribeContinuousBackups, dynamodb:DescribeTimeToLive, dynamodb:DescribeTable."""
    client = inspection.client("dynamodb")
    for table in inspection.template.list_resources("AWS::DynamoDB::Table"):
        name, properties = table.physical_id, table.properties
        backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        if backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] != "ENABLED":
            problem = "has no point-in-time recovery, so that a deleted record is lost"
            yield Finding(name, problem, f"Enable it at once. {DEPLOY_AGAIN}")
        ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
        if ttl not in ("ENABLED", "ENABLING"):
            yield Finding(name, "does not expire items: emptied records stay and are billed", DEPLOY_AGAIN)
        described = client.describe_table(TableName=name)["Table"]
        if properties.get("DeletionProtectionEnabled") and not described.get("DeletionProtectionEnabled"):
            yield Finding(name, "may be deleted: its deletion protection is off", DEPLOY_AGAIN)


def check_key(inspection: Inspection) -> Iterator[Finding]:
    """IAM actions: kms:DescribeKey, kms:GetKeyRotationStatus."""
    client = inspection.client("kms")
    for key in inspection.template.list_resources("AWS::KMS::Key"):
        id = key.physical_id
        metadata = client.describe_key(KeyId=id)["KeyMetadata"]
        signs = key.properties.get("KeyUsage") == "SIGN_VERIFY"
        if metadata["KeyState"] != "Enabled":
            remedy = f"`aws kms enable-key --key-id {id}`; if its deletion is pending, first `aws kms cancel-key-deletion`."
            effect = "no manifest can be signed" if signs else "nothing can be read or written"
            yield Finding(id, f"is {metadata['KeyState']}, so that {effect}", remedy)
            continue
        # KMS rotates no asymmetric key.
        if not signs and not client.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"]:
            yield Finding(id, "is not rotated", f"`aws kms enable-key-rotation --key-id {id}`.")
