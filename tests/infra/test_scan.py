"""The step `scan` in the template: the plan of GuardDuty, its role, and the way of its verdicts."""

import json

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions, denying_sids, queue_policy, role_statements
from tests.infra.template import Synthesis
from tests.infra.test_bucket_policy import BY_A_FUNCTION
from tests.infra.test_permissions import CONSUME_AND_SEND_ANEW, LOG, SEND

BUCKET = "${StorageBucket.Arn}"
RULE = (
    "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}"
    ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
)
VALIDATION = f"{BUCKET}/malware-protection-resource-validation-object"
PLAN_ROLE, FUNCTION_ROLE = "ScanGuardDutyRole", "ScanGuardDutyScanRole"
VERDICTS = "ScanGuardDutyVerdictsQueue"
KINDS = "tests/infra/scan_kinds.toml"


@pytest.fixture(scope="module")
def scanned(variant: Variant) -> Synthesis:
    return variant(kindsFile=KINDS, scanner="guardduty")


def test_only_the_area_of_scanned_kinds_is_scanned_and_billed(scanned: Synthesis) -> None:
    plan = scanned.only("AWS::GuardDuty::MalwareProtectionPlan")
    assert plan["ProtectedResource"] == {
        "S3Bucket": {"BucketName": "${StorageBucket}", "ObjectPrefixes": ["staging/scan/"]}
    }
    assert plan["Actions"] == {"Tagging": {"Status": "DISABLED"}}
    assert plan["Role"] == f"${{{PLAN_ROLE}.Arn}}"


def test_the_template_sends_events_of_the_bucket_to_eventbridge_and_keeps_its_own(
    scanned: Synthesis, stack: Synthesis
) -> None:
    """The role of the plan would switch them on outside of the template, and an update of the stack off again."""
    own = stack.all("AWS::S3::Bucket")["StorageBucket"]["NotificationConfiguration"]
    assert "EventBridgeConfiguration" not in own
    found = scanned.all("AWS::S3::Bucket")["StorageBucket"]["NotificationConfiguration"]
    assert found == own | {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def test_the_role_of_the_plan_has_its_documented_policy_without_tags(scanned: Synthesis) -> None:
    assert allowed_actions(scanned, PLAN_ROLE) == {
        RULE: {
            *("events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"),
            *("events:DescribeRule", "events:ListTargetsByRule"),
        },
        BUCKET: {"s3:PutBucketNotification", "s3:GetBucketNotification", "s3:ListBucket"},
        VALIDATION: {"s3:PutObject"},
        f"{BUCKET}/staging/*": {"s3:GetObject", "s3:GetObjectVersion"},
        f"{BUCKET}/documents/*": {"s3:GetObject", "s3:GetObjectVersion"},
    }
    changes_rules = role_statements(scanned, PLAN_ROLE)[0]
    assert changes_rules["Condition"] == {
        "StringLike": {"events:ManagedBy": "malware-protection-plan.guardduty.amazonaws.com"}
    }
    (trust,) = scanned.all("AWS::IAM::Role")[PLAN_ROLE]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "malware-protection-plan.guardduty.amazonaws.com"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutBucketNotification", BUCKET),
        ("s3:ListBucket", BUCKET),
        ("s3:PutObject", VALIDATION),
        ("s3:GetObjectVersion", f"{BUCKET}/staging/scan/owner/id"),
        ("s3:GetObjectVersion", f"{BUCKET}/documents/owner/id"),
    ],
)
def test_the_bucket_policy_denies_nothing_that_the_scanner_does(
    scanned: Synthesis, action: str, resource: str
) -> None:
    policy = scanned.only("AWS::S3::BucketPolicy")["PolicyDocument"]
    assert denying_sids(policy, action, resource, BY_A_FUNCTION) == set()


def test_the_function_may_forward_verdicts_and_ask_for_scans_and_no_more(scanned: Synthesis) -> None:
    assert allowed_actions(scanned, FUNCTION_ROLE) == {
        "${StepsScanTasksQueue.Arn}": CONSUME_AND_SEND_ANEW,
        f"${{{VERDICTS}.Arn}}": CONSUME_AND_SEND_ANEW,
        "${StepsScanTasksDeadLetters.Arn}": SEND,
        "${ScanGuardDutyVerdictsDeadLetters.Arn}": SEND,
        "${StepsScanResultsQueue.Arn}": SEND,
        "*": {"guardduty:SendObjectMalwareScan"},
        "${ScanGuardDutyScanLog.Arn}": LOG,
    }


def test_with_a_scanner_the_pipeline_may_have_bytes_purged_and_release_a_digest_and_no_more(
    scanned: Synthesis, stack: Synthesis
) -> None:
    """For documents that a rescan finds infected."""
    own, found = (allowed_actions(each, "PipelineRole") for each in (stack, scanned))
    more = {resource: actions - own.get(resource, set()) for resource, actions in found.items()}
    assert {resource: actions for resource, actions in more.items() if actions} == {
        "${PurgeTasksQueue.Arn}": SEND,
        "${DocumentTable.Arn}": {"dynamodb:DeleteItem"},
        "${StepsScanTasksQueue.Arn}": SEND,
        "${StepsScanResultsQueue.Arn}": CONSUME_AND_SEND_ANEW,
        "${StepsScanResultsDeadLetters.Arn}": SEND,
    }


def test_only_the_rule_for_results_of_this_bucket_fills_the_queue_of_verdicts(scanned: Synthesis) -> None:
    rule = scanned.all("AWS::Events::Rule")["ScanGuardDutyResults"]
    assert rule["EventPattern"] == {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
        "detail": {"s3ObjectDetails": {"bucketName": ["${StorageBucket}"]}},
    }
    assert [target["Arn"] for target in rule["Targets"]] == [f"${{{VERDICTS}.Arn}}"]
    allowed = [each for each in queue_policy(scanned, VERDICTS) if each["Effect"] == "Allow"]
    assert [(each["Principal"], each["Condition"]) for each in allowed] == [
        (
            {"Service": "events.amazonaws.com"},
            {"ArnEquals": {"aws:SourceArn": "${ScanGuardDutyResults.Arn}"}},
        )
    ]


def test_the_function_knows_the_queues_that_it_reads(scanned: Synthesis) -> None:
    function = scanned.all("AWS::Lambda::Function")["ScanGuardDutyScanFunction"]
    consumed = json.loads(function["Environment"]["Variables"]["AIRLOCK_CONSUMED_QUEUES"])
    assert consumed == [
        ["${StepsScanTasksQueue}", "${StepsScanTasksDeadLetters}"],
        [f"${{{VERDICTS}}}", "${ScanGuardDutyVerdictsDeadLetters}"],
    ]
    assert function["Environment"]["Variables"]["AIRLOCK_SCANNER"] == "guardduty"


def test_an_alarm_watches_what_is_scanned_in_a_day(variant: Variant) -> None:
    scanned = variant(kindsFile=KINDS, scanner="guardduty", scannedBytesAlarm=5_000)
    alarms = scanned.all("AWS::CloudWatch::Alarm")
    found = alarms["ScanGuardDutyScannedBytes"]
    assert (found["MetricName"], found["Period"], found["Threshold"]) == ("CompletedScanBytes", 86_400, 5_000)
    assert found["Namespace"] == "AWS/GuardDuty/MalwareProtection"
    assert {each["Name"] for each in found["Dimensions"]} == {
        "Malware Protection Plan Id",
        "Resource Name",
    }
    assert {"ScanGuardDutyFailedScans", "ScanGuardDutyVerdictDeadLetters"} <= alarms.keys()


def test_without_a_kind_that_is_scanned_there_is_no_scanner(stack: Synthesis) -> None:
    assert stack.all("AWS::GuardDuty::MalwareProtectionPlan") == {}


def test_a_rule_may_send_to_an_encrypted_queue(variant: Variant) -> None:
    scanned = variant(kindsFile=KINDS, scanner="guardduty", kms=True)
    statements = scanned.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    [allowed] = [each for each in statements if each.get("Sid") == "AllowRulesToSendToEncryptedQueue"]
    assert set(allowed["Action"]) == {"kms:GenerateDataKey", "kms:Decrypt"}
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": "${AWS::AccountId}"}
