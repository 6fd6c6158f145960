"""What a function loads and makes before its first request, which is what its users wait for."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from botocore.client import BaseClient

from tests.examples import PNG
from tests.handlers.account import Account
from tests.handlers.api import Api
from tests.handlers.life import put

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("uploads", "documents", "object_created", "janitor")
HEAVY = (
    "aws_cdk",
    "aws_xray_sdk",
    "cryptography",
    "email_validator",
    "fastapi",
    "httpx",
    "jsonschema",
    "moto",
    "mypy_boto3_s3",
    "requests",
    "unittest",
    "yaml",
)
PROBE = """
import gc, sys
import functions.handlers.{function}
from botocore.client import BaseClient
print(*sorted(sys.modules.keys() & {heavy!r}))
gc.unfreeze()
print(*(type(made).__name__ for made in gc.get_objects() if isinstance(made, BaseClient)))
print(gc.isenabled(), *sorted(name for name in sys.modules if name.startswith("functions.handlers.")))
"""


def imported(function: str) -> list[list[str]]:
    """(Heavy modules, clients, [whether garbage is collected, modules of handlers]) after importing one function."""
    code = PROBE.format(function=function, heavy=set(HEAVY))
    environment = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [line.split() for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_function_loads_nothing_heavy_and_makes_no_client(function: str) -> None:
    """Nor does it read the environment: this one holds no setting at all."""
    heavy, clients, [collecting, *handlers] = imported(function)
    assert heavy == []
    assert clients == []
    assert collecting == "True"
    others = {f"functions.handlers.{other}" for other in FUNCTIONS if other != function}
    assert others.isdisjoint(handlers)


def s3_clients() -> set[int]:
    return {
        id(made)
        for made in gc.get_objects()
        if isinstance(made, BaseClient) and made.meta.service_model.service_name == "s3"
    }


def test_a_single_put_and_a_download_need_no_s3_client(account: Account, ada: Api, s3: httpx.Client) -> None:
    before = s3_clients()

    created = ada.create(PNG)
    put(s3, created["upload"], PNG)
    ada.document(created["document"]["id"])
    assert s3_clients() == before

    account.deliver(account.notice("ada", created["document"]["id"]))
    inspecting = s3_clients()
    assert inspecting > before
    assert ada.get(f"/documents/{created['document']['id']}/download").status == 200
    assert s3_clients() == inspecting
