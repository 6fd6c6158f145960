"""The distribution on moto: `stop-urls` disables it and `resume-urls` enables it again, and `doctor` finds what is wrong with it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import boto3
import pytest

from functions.domain.edge_names import EDGE_REGION
from functions.signing.delivery_keys import secret_name
from operate.delivery_keys import KeyStore
from operate.deployment import Deployment
from operate.doctor.delivery import check_delivery
from operate.doctor.edge_alarms import check_edge_alarms
from operate.doctor.finding import Inspection
from operate.url_switch import set_urls
from tests.moto_account import Bucket, Table

STACK, NOW = "Airlock-cdn", datetime(2026, 11, 29, tzinfo=UTC)
CONFIG: dict[str, Any] = {
    "CallerReference": "one",
    "Comment": "",
    "Enabled": True,
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "s3",
                "DomainName": "a.s3.eu-west-1.amazonaws.com",
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    },
    "DefaultCacheBehavior": {
        "TargetOriginId": "s3",
        "ViewerProtocolPolicy": "https-only",
        "CachePolicyId": "a-policy",
        "TrustedKeyGroups": {"Enabled": True, "Quantity": 1, "Items": ["a-group"]},
    },
}


@pytest.fixture
def cloudfront(session: boto3.Session) -> Any:
    return session.client("cloudfront")


@pytest.fixture
def distribution(cloudfront: Any) -> str:
    return str(
        cloudfront.create_distribution(DistributionConfig=CONFIG | {"CallerReference": uuid4().hex})[
            "Distribution"
        ]["Id"]
    )


@pytest.fixture
def stack(session: boto3.Session, distribution: str, table: Table, bucket: Bucket) -> Iterator[Deployment]:
    """A stack with a distribution and the keys that its secret has."""
    secrets = session.client("secretsmanager")
    keys = KeyStore(secrets, STACK).create(NOW)
    outputs = {
        "Table": table.name,
        "Bucket": bucket.name,
        "DistributionId": distribution,
        "DeliveryKeys": keys.current,
    }
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "cdn"}}
    template = {"Resources": {"Queue": queue}, "Outputs": {n: {"Value": v} for n, v in outputs.items()}}
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    yield Deployment(stack=STACK, session=session)
    cloudformation.delete_stack(StackName=STACK)
    secrets.delete_secret(SecretId=secret_name(STACK), ForceDeleteWithoutRecovery=True)


def is_enabled(cloudfront: Any, distribution: str) -> bool:
    return bool(cloudfront.get_distribution_config(Id=distribution)["DistributionConfig"]["Enabled"])


def problems(stack: Deployment) -> list[str]:
    return [finding.problem for finding in check_delivery(Inspection(stack))]


def test_stopped_urls_are_not_served_from_the_cache_either(
    stack: Deployment, cloudfront: Any, distribution: str
) -> None:
    assert set_urls(stack, are_stopped=True, dry_run=False)
    assert not is_enabled(cloudfront, distribution)
    assert not set_urls(stack, are_stopped=True, dry_run=False)
    assert problems(stack) == ["serves nothing, because it is disabled, as `stop-urls` does"]
    assert set_urls(stack, are_stopped=False, dry_run=False)
    assert is_enabled(cloudfront, distribution)


def test_a_dry_run_leaves_the_distribution_as_it_is(
    stack: Deployment, cloudfront: Any, distribution: str
) -> None:
    assert set_urls(stack, are_stopped=True, dry_run=True)
    assert is_enabled(cloudfront, distribution)


def test_a_distribution_with_signatures_and_a_trusted_key_has_no_finding(stack: Deployment) -> None:
    assert problems(stack) == []


def test_a_key_that_signs_and_is_not_deployed_is_found(stack: Deployment, session: boto3.Session) -> None:
    store = KeyStore(session.client("secretsmanager"), STACK)
    both = store.create(NOW)
    store.switch(frozenset(both.ids), NOW)
    assert problems(stack) == ["signs with a key that CloudFront does not trust"]


def test_a_distribution_that_wants_no_signature_is_found(
    stack: Deployment, cloudfront: Any, distribution: str
) -> None:
    answer = cloudfront.get_distribution_config(Id=distribution)
    behaviour = CONFIG["DefaultCacheBehavior"] | {"TrustedKeyGroups": {"Enabled": False, "Quantity": 0}}
    config = answer["DistributionConfig"] | {"DefaultCacheBehavior": behaviour}
    cloudfront.update_distribution(Id=distribution, IfMatch=answer["ETag"], DistributionConfig=config)
    assert problems(stack) == ["serves every path to everybody, because it wants no signature"]


def test_an_alarm_on_an_expression_watches_a_distribution_too(
    stack: Deployment, session: boto3.Session, distribution: str
) -> None:
    [finding] = check_edge_alarms(Inspection(stack))
    assert finding.problem == "has no alarm on its errors"
    metric = {
        "Namespace": "AWS/CloudFront",
        "MetricName": "5xxErrorRate",
        "Dimensions": [{"Name": "DistributionId", "Value": distribution}],
    }
    query = {"Metric": metric, "Period": 300, "Stat": "Average"}
    session.client("cloudwatch", region_name=EDGE_REGION).put_metric_alarm(
        AlarmName="downloads",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        Threshold=5,
        Metrics=[{"Id": "rate", "MetricStat": query, "ReturnData": True}],
    )
    assert [*check_edge_alarms(Inspection(stack))] == []
