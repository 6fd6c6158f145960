"""The commands `find`, `show`, `usage` and `export` on moto."""

import hashlib
import json
from pathlib import Path

import pytest

from functions.adapters.dynamodb.items import build_item, document_to_item
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.steps import StepRecord, StepStatus
from operate.__main__ import main
from operate.deployment import Deployment
from tests.examples import NOW, a_document, an_id
from tests.operate.conftest import OWNER
from tests.owner_content import OwnerContent

DATA, SMALL = b"the file", b"a rendition"


def store(content: OwnerContent, number: int = 0, **changes: object) -> Document:
    """Writes a ready document with its bytes and a rendition."""
    id = an_id(number)
    version, rendition = (
        content.s3.put_object(Bucket=content.bucket, Key=key, Body=body)["VersionId"]
        for key, body in (
            (f"documents/{OWNER}/{id}", DATA),
            (f"renditions/{OWNER}/{id}/image/small.webp", SMALL),
        )
    )
    facts = {
        "renditions": {
            "small.webp": {
                "versionId": rendition,
                "contentType": "image/webp",
                "size": len(SMALL),
                "sha256": hashlib.sha256(SMALL).hexdigest(),
            }
        }
    }
    step = StepRecord(name="image", status=StepStatus.PASSED, at=NOW, attempt=1, facts=facts)
    values = {
        "owner": OWNER,
        "id": id,
        "size": len(DATA),
        "sha256": hashlib.sha256(DATA).hexdigest(),
        "status": Status.READY,
        "stored_version": version,
        "history": (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.READY, NOW)),
        "steps": (step,),
    }
    document = a_document(**(values | changes))
    content.dynamodb.put_item(TableName=content.table, Item=document_to_item(document))
    return document


def run(deployment: Deployment, *words: str) -> int:
    return main(["--stage", "test", *words], deployment)


def test_a_document_is_found_by_id_name_or_owner(
    deployment: Deployment, content: OwnerContent, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = store(content, 1, file_name="one.png"), store(content, 2, file_name="two.png")
    for words, found in (
        (["--id", first.id], [first]),
        (["--name", "two"], [second]),
        (["--owner", OWNER], [first, second]),
        (["--owner", OWNER, "--name", "one"], [first]),
        (["--owner", OWNER, "--limit", "1"], [first]),
    ):
        assert run(deployment, "find", *words) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("\t")[0] for line in lines] == [document.id for document in found]
    assert run(deployment, "find", "--name", "three") == 1
    assert run(deployment, "find", "--dry-run") == 0


def test_a_document_is_shown_with_and_without_its_owner(
    deployment: Deployment, content: OwnerContent, capsys: pytest.CaptureFixture[str]
) -> None:
    document = store(content)
    shown = []
    for words in ([document.id], [document.id, "--owner", OWNER]):
        assert run(deployment, "show", *words, "--json") == 0
        shown.append(json.loads(capsys.readouterr().out))
    assert shown[0] == shown[1]
    assert shown[0]["record"]["file_name"] == "cat.png"
    assert len(shown[0]["versions"]) == 2
    assert run(deployment, "show", an_id(9)) == 1


def test_a_wrong_usage_is_found_and_repaired(
    deployment: Deployment, content: OwnerContent, capsys: pytest.CaptureFixture[str]
) -> None:
    store(content)
    item = {"pk": OWNER, "sk": "USAGE", "reserved_bytes": 1, "open_uploads": 3, "created": 7}
    content.dynamodb.put_item(TableName=content.table, Item=build_item(item))
    assert run(deployment, "usage", "--owner", OWNER) == 1
    assert run(deployment, "usage", "--owner", OWNER, "--repair") == 0
    capsys.readouterr()
    assert run(deployment, "usage", "--owner", OWNER, "--json") == 0
    stored = json.loads(capsys.readouterr().out)["stored"]
    assert (stored["reserved_bytes"], stored["open_uploads"], stored["created"]) == (len(DATA), 0, 7)


def test_the_counters_of_an_owner_are_shown_and_exported(
    deployment: Deployment, content: OwnerContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for sort_key, values in (
        ("USAGE", {"reserved_bytes": 0, "open_uploads": 0, "created": 1}),
        ("USAGE#CALLS", {"tat": 1}),
        ("USAGE#DOWNLOADS#2026-11-29", {"bytes": 4_000}),
    ):
        item = build_item({"pk": OWNER, "sk": sort_key, **values})
        content.dynamodb.put_item(TableName=content.table, Item=item)
    assert run(deployment, "usage", "--owner", OWNER) == 0
    assert "downloads 2026-11-29      4,000" in capsys.readouterr().out
    assert run(deployment, "export", "--owner", OWNER, str(tmp_path)) == 0
    counters = json.loads((tmp_path / "counters.json").read_text())
    assert [counter["sk"] for counter in counters] == ["USAGE#CALLS", "USAGE#DOWNLOADS#2026-11-29"]


def test_an_owner_without_usage_is_an_error(deployment: Deployment) -> None:
    assert run(deployment, "usage", "--owner", OWNER) == 1


def test_an_export_has_records_files_and_renditions_and_continues(
    deployment: Deployment, content: OwnerContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = store(content, file_name="../../a/b: cat.png")
    words = ("export", "--owner", OWNER, str(tmp_path / "export"))
    assert run(deployment, *words) == 0
    folder = tmp_path / "export" / "files" / document.id
    [original] = [path for path in folder.iterdir() if path.is_file()]
    assert (original.name, original.read_bytes()) == ("_.._a_b_ cat.png", DATA)
    assert (folder / "renditions" / "image" / "small.webp").read_bytes() == SMALL
    [line] = (tmp_path / "export" / "documents.ndjson").read_text().splitlines()
    assert json.loads(line)["file_name"] == "../../a/b: cat.png"

    original.write_bytes(b"damaged!")
    capsys.readouterr()
    assert run(deployment, *words) == 0
    assert capsys.readouterr().out == "1 files written (8 bytes), 1 were there already\n"
    assert original.read_bytes() == DATA


def test_bytes_that_differ_from_the_record_are_a_failure_and_not_kept(
    deployment: Deployment, content: OwnerContent, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store(content, sha256="0" * 64)
    store(content, 1, stored_version="missing")
    assert run(deployment, "export", "--owner", OWNER, str(tmp_path)) == 1
    output = capsys.readouterr().out
    assert "the bytes differ from the record" in output
    assert "does not exist" in output
    assert [path.name for path in tmp_path.rglob("*.p*")] == []


def test_a_purged_document_has_no_files(
    deployment: Deployment, content: OwnerContent, tmp_path: Path
) -> None:
    store(content, status=Status.PURGED)
    assert run(deployment, "export", "--owner", OWNER, str(tmp_path)) == 0
    assert not (tmp_path / "files").exists()
