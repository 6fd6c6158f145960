"""The start of a function: the modules it loads, and the clients and connections it creates."""

import gc
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from botocore.client import BaseClient

from functions.settings import Settings
from tests.examples import PNG
from tests.lambdas.account import Account, forget_clients
from tests.lambdas.api import Api
from tests.lambdas.steps import put

ROOT = Path(__file__).parents[2]
FUNCTIONS = ("uploads", "documents", "pipeline", "sweeps", "purge", "large_copy")
HTTP_FUNCTIONS = ("uploads", "documents")
"""Functions whose start a user waits for."""

NEVER = (
    "aws_cdk",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.parser",
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
"""Modules that no function needs for anything."""

NOT_AT_ONCE = (
    "aws_lambda_powertools.event_handler.openapi.models",
    "aws_lambda_powertools.event_handler.openapi.swagger_ui",
    "boto3",
    "botocore.client",
    "botocore.exceptions",
    "botocore.session",
    "dateutil",
    "functions.services.multipart",
    "functions.services.sweeps",
    "functions.pipeline.engine",
    "functions.detection",
    "s3transfer",
    "urllib3",
)
"""Modules that neither the start of a function nor a request for one file needs."""

IMPORTED = """
import gc, sys
import functions.lambdas.{function}
print(*sys.modules)
gc.unfreeze()
print(*(type(made).__module__ for made in gc.get_objects() if type(made).__module__.startswith("botocore.client")))
print(gc.isenabled())
"""
SETTINGS = Settings(
    bucket="a-bucket",
    table="t",
    upload_events_url="q",
    purge_queue_url="q",
    consumed_queues="[]",
    slice_queue_url="q",
    step_queues="{}",
).to_environment() | {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
}
"""Port 1 refuses connections."""


def run(code: str, **environment: str) -> list[list[str]]:
    """Returns the words of each line that a new process prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [line.split() for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_function_loads_nothing_heavy_and_makes_no_client(function: str) -> None:
    """It does not read settings either, because this environment has none."""
    modules, clients, [collecting] = run(IMPORTED.format(function=function))
    assert {*NEVER, *NOT_AT_ONCE}.intersection(modules) <= needed_at_once(function)
    assert clients == []
    assert collecting == "True"
    others = {f"functions.lambdas.{other}" for other in FUNCTIONS if other != function}
    assert others.isdisjoint(modules)


def needed_at_once(function: str) -> set[str]:
    """Returns the modules that `pipeline` needs for every event."""
    return {"functions.pipeline.engine", "functions.detection"} if function == "pipeline" else set()


@pytest.mark.parametrize("function", HTTP_FUNCTIONS)
def test_starting_in_lambda_prepares_for_the_first_request_without_boto3(function: str) -> None:
    started = run(IMPORTED.format(function=function), AWS_LAMBDA_FUNCTION_NAME="f", **SETTINGS)
    assert {*NEVER, *NOT_AT_ONCE}.isdisjoint(started[0])
    services = {f"functions.services.{each}" for each in HTTP_FUNCTIONS}
    assert services.intersection(started[0]) == {f"functions.services.{function}"}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("settings", ["none at all", "a table that is not there"])
def test_what_cannot_be_prepared_does_not_fail_the_start(function: str, settings: str) -> None:
    environment = {} if settings == "none at all" else SETTINGS
    [*_, [collecting]] = run(IMPORTED.format(function=function), AWS_LAMBDA_FUNCTION_NAME="f", **environment)
    assert collecting == "True"


@pytest.mark.parametrize("function", HTTP_FUNCTIONS)
def test_in_lambda_the_connection_to_the_table_is_open_before_the_first_request(function: str) -> None:
    assert connections(function, AWS_LAMBDA_FUNCTION_NAME="f") == 1


@pytest.mark.parametrize("function", HTTP_FUNCTIONS)
def test_no_connection_is_put_into_a_snapshot(function: str) -> None:
    kind = "snap-start"
    assert connections(function, AWS_LAMBDA_FUNCTION_NAME="f", AWS_LAMBDA_INITIALIZATION_TYPE=kind) == 0


def connections(function: str, **environment: str) -> int:
    """Counts the connections that the start of a function opens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        table = f"http://127.0.0.1:{server.getsockname()[1]}"
        run(
            IMPORTED.format(function=function),
            **SETTINGS | {"AWS_ENDPOINT_URL_DYNAMODB": table} | environment,
        )
        server.setblocking(False)
        count = 0
        with suppress(BlockingIOError):
            while True:
                server.accept()[0].close()
                count += 1
        return count


def s3_clients() -> set[int]:
    gc.collect()
    return {
        id(made)
        for made in gc.get_objects()
        if isinstance(made, BaseClient) and made.meta.service_model.service_name == "s3"
    }


def test_a_single_put_and_a_download_need_no_s3_client(account: Account, ada: Api, s3: httpx.Client) -> None:
    forget_clients()
    before = s3_clients()

    created = ada.create(PNG)
    put(s3, created["upload"], PNG)
    ada.document(created["document"]["id"])
    assert s3_clients() == before

    account.deliver(account.arrival_event("ada", created["document"]["id"]))
    inspecting = s3_clients()
    assert inspecting > before
    assert ada.get(f"/documents/{created['document']['id']}/download").status == 200
    assert s3_clients() == inspecting
