"""The command `audit` on moto, whose objects are locked as those of the stack."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from functions.adapters.dynamodb.chain_heads import DynamoDBChainHeads
from functions.adapters.s3.trail import S3Blocks
from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain, Head, block_key
from functions.features.audit.writer import TrailWriter
from operate.__main__ import main
from operate.deployment import Deployment
from operate.template import Template
from operate.trail import Trail
from tests.examples import an_id
from tests.moto_account import REGION, Table
from tests.operate.conftest import OWNER
from tests.table_server import table_client

DAYS = 30


@dataclass(frozen=True)
class AuditedDeployment:
    """A deployment with an audit trail."""

    deployment: Deployment
    writer: TrailWriter
    s3: Any
    bucket: str

    def append(self, chain: Chain, *records: AuditRecord) -> Head:
        return self.writer.append(chain, records)

    def run(self, *words: str) -> int:
        return main(["--stage", "test", "audit", *words], self.deployment)

    def key(self, number: int) -> str:
        return block_key(Chain.CHANGES, number)


@pytest.fixture
def audited(session: boto3.Session, table: Table) -> Iterator[AuditedDeployment]:
    bucket, s3 = f"trail-{table.name}", session.client("s3")
    s3.create_bucket(
        Bucket=bucket,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
    lock(s3, bucket, DAYS)
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"Table": {"Value": table.name}, "AuditBucket": {"Value": bucket}},
    }
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(StackName="Airlock-audited", TemplateBody=json.dumps(template))
    writer = TrailWriter(
        store=S3Blocks(s3, bucket),
        heads=DynamoDBChainHeads(table_client(REGION), table.name),
        retention_days=DAYS,
        clock=lambda: datetime.now(UTC),
        report=lambda _chain, _head: None,
    )
    yield AuditedDeployment(Deployment(stack="Airlock-audited", session=session), writer, s3, bucket)
    cloudformation.delete_stack(StackName="Airlock-audited")


def lock(s3: Any, bucket: str, days: int) -> None:
    retention = {"Mode": "COMPLIANCE", "Days": days}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)


def change(sequence: int, **fields: Any) -> AuditRecord:
    record = AuditRecord(
        id=f"{an_id()}#{sequence}",
        event="document.ready",
        at=datetime.now(UTC) - timedelta(hours=1),
        outcome="ready",
        owner=OWNER,
        actor="ada",
        document_id=an_id(),
        sequence=sequence,
    )
    return replace(record, **fields)


def list_problems(capsys: pytest.CaptureFixture[str]) -> Sequence[str]:
    return [finding["problem"] for finding in json.loads(capsys.readouterr().out)["findings"]]


def test_an_untouched_trail_is_verified(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    audited.append(Chain.CHANGES, change(1), change(2))
    head = audited.append(Chain.CHANGES, change(3))
    audited.append(Chain.REQUESTS, change(1))
    assert audited.run("verify") == 0
    assert capsys.readouterr().out.splitlines()[0] == (
        f"changes: 2 objects, 3 records, SHA-256 of the last {head.sha256}"
    )
    assert audited.run("verify", "--json") == 0
    assert json.loads(capsys.readouterr().out)["chains"]["changes"] == {
        "objects": 2,
        "records": 3,
        "last": 2,
        "sha256": head.sha256,
    }


def test_a_trail_in_which_nothing_happened_is_verified(audited: AuditedDeployment) -> None:
    assert audited.run("verify") == 0


def test_an_object_below_a_delete_marker_is_found_and_read(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    audited.append(Chain.CHANGES, change(1))
    audited.s3.delete_object(Bucket=audited.bucket, Key=audited.key(1))
    assert audited.run("verify", "--json") == 1
    assert list_problems(capsys) == ["hidden"]
    assert audited.run("show", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["records"]) == 1


def test_a_second_version_and_a_foreign_key_are_found(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    audited.append(Chain.CHANGES, change(1))
    audited.s3.put_object(Bucket=audited.bucket, Key=audited.key(1), Body=b"forged")
    audited.s3.put_object(Bucket=audited.bucket, Key="trail/changes/x", Body=b"foreign")
    assert audited.run("verify", "--json") == 1
    assert sorted(list_problems(capsys)) == ["overwritten", "unexpected"]


def test_an_object_that_is_gone_is_found(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The head in the table says that it existed."""
    audited.append(Chain.CHANGES, change(1))
    heads = audited.writer.heads
    heads.advance(Chain.CHANGES, Head(2, "a" * 64, datetime.now(UTC), DAYS))
    heads.advance(Chain.REQUESTS, Head(1, "b" * 64, datetime.now(UTC), DAYS))
    assert audited.run("verify") == 1
    assert "FOUND truncated requests: the table knows object 1" in capsys.readouterr().out


def test_an_object_without_a_lock_is_found(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration = {"ObjectLockEnabled": "Enabled"}
    audited.s3.put_object_lock_configuration(Bucket=audited.bucket, ObjectLockConfiguration=configuration)
    audited.append(Chain.CHANGES, change(1))
    assert audited.run("verify", "--json") == 1
    assert list_problems(capsys) == ["unlocked", "unlocked"]


def test_an_object_that_is_written_during_the_verification_is_no_finding(audited: AuditedDeployment) -> None:
    """The list is older than what it misses, so the heads are read first."""
    trail = Trail.of(audited.deployment)
    audited.append(Chain.CHANGES, change(1))
    head = trail.find_head(Chain.CHANGES)
    audited.append(Chain.CHANGES, change(2))
    assert len(trail.list_versions()) > head.sequence


def show(audited: AuditedDeployment, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert audited.run("show", "--json", *words) == 0
    records: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["records"]
    return records


def test_records_are_shown_once_and_in_the_order_of_their_times(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    older = change(1, id="older", at=datetime.now(UTC) - timedelta(hours=2))
    audited.append(Chain.CHANGES, change(2))
    audited.append(Chain.CHANGES, change(2))
    audited.append(Chain.REQUESTS, older)
    assert [each["id"] for each in show(audited, capsys)] == ["older", f"{an_id()}#2"]


@pytest.mark.parametrize(
    "words",
    [["--document", an_id()], ["--owner", OWNER], ["--actor", "ada"], ["--since", "90m"]],
    ids=lambda words: words[0],
)
def test_records_are_selected(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    other = {
        "document_id": an_id(2),
        "owner": "f" * 32,
        "actor": "grace",
        "at": datetime.now(UTC) - timedelta(hours=2),
    }
    audited.append(Chain.CHANGES, change(1), change(2, **other))
    assert [each["sequence"] for each in show(audited, capsys, *words)] == [1]


def test_a_filter_without_a_record_says_so(
    audited: AuditedDeployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audited.run("show") == 0
    assert capsys.readouterr().out == "No record is found.\n"


def test_a_deployment_without_a_trail_says_so(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stage", "test", "audit", "verify"], deployment) == 1
    assert "no output AuditBucket" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["verify", "--actor", "ada"], ["show", "--since", "soon"], []])
def test_arguments_that_make_no_sense_exit_with_2(deployment: Deployment, words: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--stage", "test", "audit", *words], deployment)
    assert exit_.value.code == 2


@pytest.mark.parametrize(
    ("physical_id", "properties", "path"),
    [
        ("name", {}, "name"),
        ("a-bus|name", {"EventBusName": {"Ref": "Bus"}}, "a-bus/name"),
        ("name", {"EventBusName": {"Ref": "Bus"}}, "a-bus/name"),
    ],
    ids=["default bus", "bus on AWS", "bus on the local AWS"],
)
def test_doctor_knows_the_arn_of_a_rule_on_a_bus(
    physical_id: str, properties: dict[str, Any], path: str
) -> None:
    """The policy of the queue of changes names the rule on the bus."""
    resources: dict[str, dict[str, Any]] = {
        "Rule": {"Type": "AWS::Events::Rule", "Properties": properties},
        "Bus": {"Type": "AWS::Events::EventBus"},
    }
    ids = {"Rule": physical_id, "Bus": "a-bus"}
    template = Template(resources, ids, "Airlock-test", "aws", REGION, "123456789012")
    arn = template.resolve({"Fn::GetAtt": ["Rule", "Arn"]})
    assert arn == f"arn:aws:events:{REGION}:123456789012:rule/{path}"
