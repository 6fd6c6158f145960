"""docs/inventory.md: its jobs have parameters that AWS's model of the API accepts, and its function deletes only orphans."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import botocore.session
import pytest
from botocore.validate import ParamValidator

from functions.domain.keys import documents_key, renditions_prefix
from tests.examples import NOW, OWNER, an_id
from tests.lambdas.account import Account, new_account
from tests.repository_steps import create

PAGE = (Path(__file__).parents[1] / "docs" / "inventory.md").read_text("utf-8")
JOB = re.compile(
    r"s3control create-job .+\\\n +--operation '(.+)' \\\n +--manifest '(.+)' \\\n +--report '(.+)'\n"
)
[FUNCTION] = re.findall(r"^```python\n(.+?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_each_job_has_parameters_that_the_api_accepts() -> None:
    jobs = JOB.findall(PAGE)
    assert len(jobs) == PAGE.count("create-job ") == 3
    model = botocore.session.get_session().get_service_model("s3control")
    shape = model.shape_for("CreateJobRequest")
    for operation, manifest, report in jobs:
        parameters = {
            "AccountId": "111122223333",
            "ClientRequestToken": "token",
            "Priority": 10,
            "RoleArn": "arn:aws:iam::111122223333:role/job",
            "Operation": json.loads(operation),
            "Manifest": json.loads(manifest),
            "Report": json.loads(report),
        }
        found = ParamValidator().validate(parameters, shape)
        assert not found.has_errors(), found.generate_report()


@pytest.fixture
def account() -> Iterator[Account]:
    with new_account() as new:
        yield new


def run_task(account: Account, monkeypatch: pytest.MonkeyPatch, key: str, version: str) -> str:
    """Runs the function of the page on one version and returns its result."""
    monkeypatch.setenv("TABLE", account.settings.table)
    monkeypatch.setenv("BUCKET", account.bucket)
    for name, value in account.environment().items():
        if name.startswith("AWS_") and "ENDPOINT" not in name:
            monkeypatch.setenv(name, value)
    scope: dict[str, Any] = {}
    exec(compile(FUNCTION, "docs/inventory.md", "exec"), scope)
    event = {"invocationId": "1", "tasks": [{"taskId": "t", "s3Key": key, "s3VersionId": version}]}
    [result] = scope["handler"](event, None)["results"]
    return str(result["resultCode"])


def store_orphan(account: Account, key: str) -> str:
    version = account.s3.put_object(Bucket=account.bucket, Key=key, Body=b"x")["VersionId"]
    account.repository.report_orphan(key, version, NOW)
    return version


def exists(account: Account, key: str, version: str) -> bool:
    listed = account.s3.list_object_versions(Bucket=account.bucket, Prefix=key).get("Versions", [])
    return any(each["VersionId"] == version for each in listed)


@pytest.mark.parametrize(
    "key",
    [documents_key(OWNER, an_id()), f"{renditions_prefix(OWNER, an_id())}render/thumb", "documents/a b"],
)
def test_the_function_deletes_an_orphan_and_its_entry(
    account: Account, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    version = store_orphan(account, key)
    assert run_task(account, monkeypatch, quote(key), version) == "Succeeded"
    assert not exists(account, key, version)
    assert account.items() == []
    assert not account.s3.list_object_versions(Bucket=account.bucket).get("DeleteMarkers")


@pytest.mark.parametrize(
    "key", [documents_key(OWNER, an_id()), f"{renditions_prefix(OWNER, an_id())}render/thumb"]
)
def test_the_function_deletes_nothing_that_has_a_record(
    account: Account, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    create(account.repository)
    version = store_orphan(account, key)
    assert run_task(account, monkeypatch, key, version) == "PermanentFailure"
    assert exists(account, key, version)
