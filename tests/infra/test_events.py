"""Events out: off by default; with them a stream, a function with these rights alone, a bus, and a bucket of failures."""

import json

import pytest

from functions.adapters.dynamodb.items import CHANGE
from infra.checks import ContextError
from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions, as_list, role_statements
from tests.infra.template import Synthesis
from tests.infra.test_permissions import PERMISSIONS

STREAM = "${DocumentTable.StreamArn}"
FAILURES = "${EventsFailures.Arn}"


@pytest.fixture(scope="module")
def events(variant: Variant) -> Synthesis:
    return variant(events="true")


def test_without_the_key_there_is_no_stream_and_no_bus(stack: Synthesis) -> None:
    assert "StreamSpecification" not in stack.only("AWS::DynamoDB::Table")
    assert stack.all("AWS::Events::EventBus") == {}
    assert "PublishFunction" not in stack.outputs


def test_every_resource_of_the_base_is_the_same_but_for_the_stream(
    stack: Synthesis, events: Synthesis
) -> None:
    without, with_events = stack.resources(), events.resources()
    changed = {name for name, resource in without.items() if with_events[name] != resource}
    assert changed == {"DocumentTable", "OverviewDashboard"}
    assert all(name.startswith("Events") for name in with_events.keys() - without.keys())


def test_the_stream_carries_both_images(events: Synthesis) -> None:
    table = events.only("AWS::DynamoDB::Table")
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_the_stream_is_read_by_the_attribute_of_changes_for_as_long_as_it_lives(events: Synthesis) -> None:
    [mapping] = [
        each
        for each in events.all("AWS::Lambda::EventSourceMapping").values()
        if each["EventSourceArn"] == STREAM
    ]
    [pattern] = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {"dynamodb": {"NewImage": {CHANGE: {"S": [{"exists": True}]}}}}
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["MaximumRecordAgeInSeconds"] == 23 * 3600
    assert "MaximumRetryAttempts" not in mapping
    assert "ParallelizationFactor" not in mapping
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": FAILURES}}


def test_publish_may_read_the_stream_put_events_and_keep_failures(events: Synthesis) -> None:
    assert allowed_actions(events, "EventsPublishRole") == {
        STREAM: {
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        },
        "*": {"dynamodb:ListStreams"},
        "${EventsBus.Arn}": {"events:PutEvents"},
        f"{FAILURES}/*": {"s3:PutObject"},
        FAILURES: {"s3:ListBucket"},
        "${EventsPublishLog.Arn}": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }


def test_with_kms_the_bus_and_the_failures_are_encrypted_with_the_key_of_the_deployment(
    variant: Variant,
) -> None:
    encrypted = variant(events="true", kms="true")
    assert encrypted.only("AWS::Events::EventBus")["KmsKeyIdentifier"] == "${EncryptionKey.Arn}"
    bucket = encrypted.all("AWS::S3::Bucket")["EventsFailures"]
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "${EncryptionKey.Arn}"
    allowed = [
        statement
        for statement in encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"Service": "events.amazonaws.com"}
    ]
    assert {action for each in allowed for action in as_list(each["Action"])} == {
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "kms:Decrypt",
    }
    [describe] = [each for each in allowed if each["Action"] == "kms:DescribeKey"]
    assert set(describe["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}
    assert all(each["Condition"]["StringEquals"]["aws:SourceArn"].endswith("-documents") for each in allowed)


def test_with_kms_publish_uses_the_key_through_the_stream_and_the_bucket_alone(variant: Variant) -> None:
    encrypted = variant(events="true", kms="true")
    used = {
        statement["Condition"]["StringEquals"]["kms:ViaService"].partition(".")[0]: set(
            as_list(statement["Action"])
        )
        for statement in role_statements(encrypted, "EventsPublishRole")
        if statement["Resource"] == "${EncryptionKey.Arn}"
    }
    assert used == {"dynamodb": {"kms:Decrypt"}, "s3": {"kms:Decrypt", "kms:GenerateDataKey"}}


def test_no_other_role_changes(events: Synthesis) -> None:
    assert {name: allowed_actions(events, name) for name in PERMISSIONS} == PERMISSIONS


def test_failures_expire_after_two_weeks(events: Synthesis) -> None:
    bucket = events.all("AWS::S3::Bucket")["EventsFailures"]
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (14, "Enabled")


def test_late_and_failed_events_raise_an_alarm(events: Synthesis) -> None:
    alarms = events.all("AWS::CloudWatch::Alarm")
    assert (alarms["EventsLate"]["MetricName"], alarms["EventsLate"]["Threshold"]) == ("IteratorAge", 900_000)
    assert alarms["EventsFailed"]["MetricName"] == "OnFailureDestinationDeliveredEventCount"
    assert all(alarms[name]["AlarmActions"] for name in ("EventsLate", "EventsFailed"))


def test_the_outputs_name_what_a_subscriber_and_an_operator_need(events: Synthesis) -> None:
    assert {"EventBus", "EventFailures", "PublishFunction"} <= set(events.outputs)


def list_patterns(synthesis: Synthesis) -> list[object]:
    [mapping] = [
        each
        for each in synthesis.all("AWS::Lambda::EventSourceMapping").values()
        if each["EventSourceArn"] == STREAM
    ]
    return [json.loads(each["Pattern"]) for each in mapping["FilterCriteria"]["Filters"]]


def test_a_band_switches_events_on_and_reads_the_usage_of_owners(variant: Variant) -> None:
    usage = {"dynamodb": {"NewImage": {"sk": {"S": ["USAGE"]}}}}
    assert usage in list_patterns(variant(suspiciousCreates="100"))
    assert usage not in list_patterns(variant(events="true"))


def test_the_function_that_blocks_owners_updates_items_and_nothing_else(variant: Variant) -> None:
    blocking = variant(suspiciousCreates="100", blockSuspicious="true")
    assert allowed_actions(blocking, "BlockSuspiciousBlockRole") == {
        "${DocumentTable.Arn}": {"dynamodb:UpdateItem"},
        "${BlockSuspiciousBlockLog.Arn}": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }
    rule = blocking.all("AWS::Events::Rule")["BlockSuspiciousBandPassed"]
    assert rule["EventPattern"] == {"source": ["airlock"], "detail-type": ["owner.suspicious"]}


def test_a_block_needs_a_band(variant: Variant) -> None:
    with pytest.raises(ContextError, match="blockSuspicious: requires suspiciousCreates"):
        variant(blockSuspicious="true")


def test_the_dashboard_shows_late_and_failed_changes(stack: Synthesis, events: Synthesis) -> None:
    shown = json.dumps(events.only("AWS::CloudWatch::Dashboard"))
    assert "IteratorAge" in shown
    assert "OnFailureDestinationDeliveredEventCount" in shown
    assert "IteratorAge" not in json.dumps(stack.only("AWS::CloudWatch::Dashboard"))
