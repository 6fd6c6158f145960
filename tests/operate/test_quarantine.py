"""The command `quarantine` on moto."""

import io
from pathlib import Path

import pytest
import pyzipper

from functions.adapters.dynamodb.items import document_to_item
from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.keys import quarantine_key
from functions.domain.steps import StepRecord, StepStatus
from operate.__main__ import main
from operate.deployment import Deployment
from tests.examples import NOW, a_document, an_id
from tests.operate.conftest import OWNER
from tests.owner_content import OwnerContent

ONE = ["--owner", OWNER, "--document-id", an_id(1)]
KEY = quarantine_key(OWNER, an_id(1))
BODY = b"as if infected"


def keep(content: OwnerContent) -> str:
    """Stores infected bytes and their record. Returns the version."""
    version: str = content.s3.put_object(Bucket=content.bucket, Key=KEY, Body=BODY)["VersionId"]
    found = StepRecord(
        name="scan",
        status=StepStatus.REJECTED,
        at=NOW,
        attempt=1,
        code=Code.MALWARE_FOUND,
        detail="Malware was found: A.Worm.",
    )
    document = a_document(
        owner=OWNER,
        id=an_id(1),
        status=Status.REJECTED,
        reason=Code.MALWARE_FOUND,
        steps=(found,),
        quarantined_version=version,
        quarantined_sha256="0" * 64,
        quarantined_until=NOW,
    )
    content.dynamodb.put_item(TableName=content.table, Item=document_to_item(document))
    return version


def run(deployment: Deployment, *words: str) -> int:
    return main(["--stage", "test", "quarantine", *words], deployment)


def test_infected_files_are_listed(
    deployment: Deployment, content: OwnerContent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(deployment, "list") == 0
    assert capsys.readouterr().out == "No file is in quarantine.\n"
    version = keep(content)
    assert run(deployment, "list") == 0
    assert capsys.readouterr().out == f"{OWNER}\t{an_id(1)}\t{version}\t{len(BODY)}\n"


def test_what_was_found_is_shown(
    deployment: Deployment, content: OwnerContent, capsys: pytest.CaptureFixture[str]
) -> None:
    version = keep(content)
    assert run(deployment, "show", *ONE) == 0
    shown = capsys.readouterr().out
    assert "Malware was found: A.Worm." in shown
    assert version in shown
    assert NOW.isoformat() in shown


def test_a_download_is_an_encrypted_zip_that_only_the_caller_may_read(
    deployment: Deployment, content: OwnerContent, tmp_path: Path
) -> None:
    keep(content)
    target = tmp_path / "a.zip"
    assert run(deployment, "download", *ONE, "--output", str(target)) == 0
    packed = target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    assert BODY not in packed
    with pyzipper.AESZipFile(io.BytesIO(packed)) as archive:
        [member] = archive.infolist()
        assert (member.filename, archive.read(member, pwd=b"infected")) == (f"{an_id(1)}.bin", BODY)
        with pytest.raises(RuntimeError, match="password"):
            archive.read(member)


def test_a_download_overwrites_no_file(deployment: Deployment, content: OwnerContent, tmp_path: Path) -> None:
    keep(content)
    target = tmp_path / "a.zip"
    target.write_text("mine")
    assert run(deployment, "download", *ONE, "--output", str(target)) == 1
    assert target.read_text() == "mine"


def test_a_delete_removes_every_version_and_marker(deployment: Deployment, content: OwnerContent) -> None:
    keep(content)
    keep(content)
    content.s3.delete_object(Bucket=content.bucket, Key=KEY)
    assert run(deployment, "delete", *ONE, "--dry-run") == 0
    assert content.list_left().count(KEY) == 3
    assert run(deployment, "delete", *ONE, "--yes") == 0
    assert KEY not in content.list_left()
    assert run(deployment, "download", *ONE, "--output", "never-written") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["show"],
        ["download", *ONE],
        ["list", *ONE],
        ["show", "--owner", OWNER],
        ["delete", "--yes"],
        ["delete", *ONE],
    ],
    ids=" ".join,
)
def test_words_that_make_no_sense_are_rejected(deployment: Deployment, words: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        run(deployment, *words)
    assert exit.value.code == 2
