"""Malware scans: the plan of a template, its scans on arrival and on request, and the events of both."""

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError

from ministack_gaps.scan_engines import EICAR
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account
from tools.ministack_gaps.tests.server import NO_PROXY, REGION

_PATIENCE = 30.0


@dataclass(frozen=True)
class Protected:
    """A bucket with a plan for `scanned/`, and the queue that receives the results."""

    account: Account
    bucket: str
    queue: str

    def put(self, key: str, body: bytes) -> str:
        version: str = self.account.s3.put_object(Bucket=self.bucket, Key=key, Body=body)["VersionId"]
        return version

    def receive(self) -> dict[str, Any]:
        """Waits for the next event and returns it."""
        sqs, deadline = self.account.client("sqs"), time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for message in sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                return dict(json.loads(message["Body"]))
        pytest.fail("no result has come")


@pytest.fixture(scope="session")
def protected(closed: Account) -> Protected:
    return protect(closed)


def protect(account: Account) -> Protected:
    bucket, name = account.create_bucket(), f"results-{uuid.uuid4().hex}"
    queue = account.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    arn = account.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    pattern = {"source": ["aws.guardduty"], "detail": {"s3ObjectDetails": {"bucketName": [bucket]}}}
    events = account.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}])
    create_plan(account, bucket)
    return Protected(account, bucket, queue)


def create_plan(account: Account, bucket: str) -> None:
    cloudformation, name = account.client("cloudformation"), f"plan-{uuid.uuid4().hex}"
    target = {"S3Bucket": {"BucketName": bucket, "ObjectPrefixes": ["scanned/"]}}
    plan = {
        "Type": "AWS::GuardDuty::MalwareProtectionPlan",
        "Properties": {"Role": "arn:aws:iam::000000000000:role/scan", "ProtectedResource": target},
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Plan": plan}}))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )


def test_a_template_with_a_plan_is_refused_upstream(published: Account) -> None:
    try:
        create_plan(published, published.create_bucket())
    except (ClientError, WaiterError):
        return
    pytest.fail(FIXED_UPSTREAM)


def test_a_new_version_under_the_prefix_is_scanned(protected: Protected) -> None:
    version = protected.put("scanned/clean", b"hello")
    event = protected.receive()
    assert event["source"] == "aws.guardduty"
    assert event["detail-type"] == "GuardDuty Malware Protection Object Scan Result"
    assert event["detail"]["s3ObjectDetails"]["versionId"] == version
    assert event["detail"]["scanStatus"] == "COMPLETED"
    assert event["detail"]["scanResultDetails"] == {
        "scanResultStatus": "NO_THREATS_FOUND",
        "threats": None,
    }


def test_the_threat_in_a_version_has_a_name(protected: Protected) -> None:
    version = protected.put("scanned/eicar", EICAR)
    detail = protected.receive()["detail"]
    assert detail["s3ObjectDetails"]["versionId"] == version
    assert detail["scanResultDetails"]["scanResultStatus"] == "THREATS_FOUND"
    assert "EICAR" in detail["scanResultDetails"]["threats"][0]["name"]


def test_only_what_is_under_the_prefix_is_scanned_unless_on_request(protected: Protected) -> None:
    """The first event is that of the second object."""
    outside = protected.put("other", EICAR)
    inside = protected.put("scanned/inside", b"hello")
    assert protected.receive()["detail"]["s3ObjectDetails"]["versionId"] == inside
    target = {"Bucket": protected.bucket, "Key": "other", "VersionId": outside}
    protected.account.client("guardduty").send_object_malware_scan(S3Object=target)
    detail = protected.receive()["detail"]
    assert detail["s3ObjectDetails"]["versionId"] == outside
    assert detail["scanResultDetails"]["scanResultStatus"] == "THREATS_FOUND"


def test_a_bucket_without_a_plan_is_not_scanned_on_request(closed: Account) -> None:
    target = {"Bucket": closed.create_bucket(), "Key": "a", "VersionId": "v"}
    with pytest.raises(ClientError, match="no plan"):
        closed.client("guardduty").send_object_malware_scan(S3Object=target)


def test_nobody_may_request_a_scan_without_the_right(closed: Account) -> None:
    _, arn = closed.create_role("s3:GetObject")
    session = closed.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    client = boto3.client(
        "guardduty",
        endpoint_url=closed.server.endpoint,
        region_name=REGION,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=NO_PROXY,
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        client.send_object_malware_scan(S3Object={"Bucket": "b", "Key": "k", "VersionId": "v"})
