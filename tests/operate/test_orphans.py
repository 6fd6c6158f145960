"""The command `orphans` on moto."""

import pytest

from functions.adapters.dynamodb.items import build_item, document_to_item
from functions.adapters.dynamodb.writes import ORPHAN
from operate.__main__ import main
from operate.deployment import Deployment
from tests.examples import NOW, a_document, an_id
from tests.operate.conftest import OWNER
from tests.owner_content import OwnerContent


def report(content: OwnerContent, number: int, prefix: str = "documents") -> str:
    """Stores an object without a record and its report. Returns the key."""
    key = f"{prefix}/{OWNER}/{an_id(number)}" + ("/image/small.webp" if prefix == "renditions" else "")
    version = content.s3.put_object(Bucket=content.bucket, Key=key, Body=b"bytes")["VersionId"]
    values = {"pk": ORPHAN, "sk": f"{key}#{version}", "found_at": NOW.isoformat()}
    content.dynamodb.put_item(TableName=content.table, Item=build_item(values))
    return key


def run(deployment: Deployment, *words: str) -> int:
    return main(["--stage", "test", "orphans", *words], deployment)


def test_objects_are_listed(
    deployment: Deployment, content: OwnerContent, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [report(content, 1), report(content, 2, "renditions")]
    assert run(deployment, "list") == 0
    assert [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()] == keys
    assert run(deployment, "list", "--prefix", "renditions/") == 0
    assert [line.split("\t")[1] for line in capsys.readouterr().out.splitlines()] == keys[1:]


@pytest.mark.parametrize("prefix", ["documents", "renditions"])
def test_an_object_is_deleted_with_its_report_unless_its_record_is_back(
    deployment: Deployment, content: OwnerContent, prefix: str
) -> None:
    report(content, 1, prefix)
    key = report(content, 2, prefix)
    document = a_document(owner=OWNER, id=an_id(2))
    content.dynamodb.put_item(TableName=content.table, Item=document_to_item(document))

    before = content.list_left()
    assert run(deployment, "delete", "--dry-run") == 0
    assert content.list_left() == before
    assert run(deployment, "delete", "--yes") == 0
    left = content.list_left()
    assert key in left
    assert [name for name in left if an_id(1) in name] == []


@pytest.mark.parametrize("words", [["delete"], ["list", "--yes"]], ids=" ".join)
def test_a_delete_needs_a_decision(deployment: Deployment, words: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        run(deployment, *words)
    assert exit.value.code == 2
