"""S3 Inventory: what is reported, who may write and read the reports, how long they stay, and their alarm."""

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions, as_list, denying_sids, role_statements
from tests.infra.template import Synthesis
from tests.infra.test_permissions import PERMISSIONS

SOURCE, REPORTS = "${StorageBucket.Arn}", "${InventoryReports.Arn}"


@pytest.fixture(scope="module")
def inventory(variant: Variant) -> Synthesis:
    return variant(inventory="true")


def test_without_the_key_there_is_one_bucket_and_no_inventory(stack: Synthesis) -> None:
    assert "InventoryConfigurations" not in stack.only("AWS::S3::Bucket")
    functions = stack.all("AWS::Lambda::Function").values()
    assert {each["Environment"]["Variables"]["AIRLOCK_REPORTS_BUCKET"] for each in functions} == {""}


def test_all_versions_of_documents_and_renditions_are_reported_every_week(inventory: Synthesis) -> None:
    configurations = inventory.all("AWS::S3::Bucket")["StorageBucket"]["InventoryConfigurations"]
    assert {each["Id"]: each["Prefix"] for each in configurations} == {
        "documents": "documents/",
        "renditions": "renditions/",
    }
    for each in configurations:
        assert (each["Enabled"], each["IncludedObjectVersions"]) == (True, "All")
        assert (each["ScheduleFrequency"], each["OptionalFields"]) == ("Weekly", ["Size", "LastModifiedDate"])
        assert each["Destination"] == {
            "BucketAccountId": "${AWS::AccountId}",
            "BucketArn": REPORTS,
            "Format": "CSV",
        }


def test_only_s3_may_write_reports_and_only_about_this_bucket(inventory: Synthesis) -> None:
    policy = inventory.all("AWS::S3::BucketPolicy")["InventoryReportsPolicy"]["PolicyDocument"]
    [statement] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert (statement["Action"], statement["Resource"]) == ("s3:PutObject", f"{REPORTS}/*")
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": SOURCE},
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
    }


def test_the_policy_of_the_documents_is_the_same_with_and_without(
    stack: Synthesis, inventory: Synthesis
) -> None:
    assert inventory.all("AWS::S3::BucketPolicy")["StorageBucketPolicy"] == stack.only(
        "AWS::S3::BucketPolicy"
    )


def test_reports_are_private_and_expire_after_two_periods(inventory: Synthesis) -> None:
    bucket = inventory.all("AWS::S3::Bucket")["InventoryReports"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "VersioningConfiguration" not in bucket
    assert "CorsConfiguration" not in bucket
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (14, "Enabled")
    assert "Prefix" not in rule
    policy = inventory.all("AWS::S3::BucketPolicy")["InventoryReportsPolicy"]["PolicyDocument"]
    plain = {"aws:SecureTransport": "false"}
    assert denying_sids(policy, "s3:GetObject", f"{REPORTS}/a", plain) == {"TLS"}


def test_sweeps_may_read_reports_and_no_other_role_may(inventory: Synthesis) -> None:
    reading = {REPORTS: {"s3:ListBucket"}, f"{REPORTS}/*": {"s3:GetObject"}}
    for role, permissions in PERMISSIONS.items():
        expected = permissions | (reading if role == "SweepsRole" else {})
        assert allowed_actions(inventory, role) == expected


def test_the_functions_know_the_bucket(inventory: Synthesis) -> None:
    functions = inventory.all("AWS::Lambda::Function").values()
    names = {each["Environment"]["Variables"]["AIRLOCK_REPORTS_BUCKET"] for each in functions}
    assert names == {"${InventoryReports}"}
    assert inventory.outputs["Reports"] == "${InventoryReports}"


def test_with_kms_s3_encrypts_the_reports_and_sweeps_decrypts_them(variant: Variant) -> None:
    encrypted = variant(inventory="true", kms="true")
    (rule,) = encrypted.all("AWS::S3::Bucket")["InventoryReports"]["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "${EncryptionKey.Arn}"
    uses = {
        statement["Condition"]["StringEquals"]["kms:ViaService"].partition(".")[0]: as_list(
            statement["Action"]
        )
        for statement in role_statements(encrypted, "SweepsRole")
        if "kms:ViaService" in str(statement)
    }
    assert uses["s3"] == ["kms:Decrypt"]
    [for_s3] = [
        statement
        for statement in encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"Service": "s3.amazonaws.com"}
    ]
    assert "kms:GenerateDataKey" in for_s3["Action"]
    assert for_s3["Condition"]["StringEquals"] == {"aws:SourceAccount": "${AWS::AccountId}"}


def test_an_alarm_fires_when_no_report_has_begun_for_two_periods(inventory: Synthesis) -> None:
    alarm = inventory.all("AWS::CloudWatch::Alarm")["InventoryOverdue"]
    [filter_] = [
        each
        for each in inventory.all("AWS::Logs::MetricFilter").values()
        if each["MetricTransformations"][0]["MetricName"] == alarm["MetricName"]
    ]
    assert alarm["Threshold"] == 14 * 24 * 3600
    assert alarm["Statistic"] == "Maximum"
    assert filter_["LogGroupName"] == "${SweepsLog}"
    [transformation] = filter_["MetricTransformations"]
    assert transformation["MetricNamespace"] == alarm["Namespace"] == "Airlock-dev"
    assert transformation["MetricValue"] == "$.age_seconds"
    assert filter_["FilterPattern"] == '{ ($.message = "report") && ($.age_seconds >= 0) }'
