"""The composition root: objects are built once, from the settings of the environment."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from functions import wiring
from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.deadlines import Lifetimes
from functions.settings import Settings
from functions.wiring import clients, queues
from functions.wiring.documents import document_service
from functions.wiring.manifests import manifest_service
from functions.wiring.pipeline import engine
from functions.wiring.purge import purge_service
from functions.wiring.sweeps import redrive_service, sweep_service
from functions.wiring.uploads import multipart_service, upload_service
from functions.wiring.webhooks import webhook_service
from infra.timeouts import TIMEOUTS
from tests.lambdas.account import forget_wiring

SETTINGS = Settings(
    bucket="a-bucket",
    table="a-table",
    upload_events_url="https://sqs.example/events",
    purge_queue_url="https://sqs.example/purges",
    consumed_queues=json.dumps([["https://sqs.example/1/events", "https://sqs.example/1/dead-letters"]]),
    slice_queue_url="https://sqs.example/slices",
    step_queues=json.dumps(
        {"promote": {"tasks": "https://sqs.example/1/copies", "results": "https://sqs.example/1/copied"}}
    ),
    url_lifetime=60,
    form_lifetime=30,
    upload_lifetime=3_600,
    multipart_lifetime=86_400,
    open_uploads_limit=7,
    failed_retention=30,
    manifest=json.dumps({"key": "a-key", "issuer": "https://api.example", "earlierKeys": []}),
    webhook=json.dumps({"url": "https://crm.example/hook", "secret": "a-secret"}),
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    aws = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "a-secret"}
    for name, value in (aws | SETTINGS.to_environment() | {"AWS_DEFAULT_REGION": "eu-west-1"}).items():
        monkeypatch.setenv(name, value)
    forget_wiring()
    yield
    forget_wiring()


def test_every_service_is_built_once_and_shares_the_repository() -> None:
    builders = (
        upload_service,
        multipart_service,
        document_service,
        engine,
        sweep_service,
        redrive_service,
        purge_service,
        manifest_service,
        webhook_service,
    )
    for build in builders:
        service = build()
        assert build() is service
        assert service.repository is wiring.repository()


def test_limits_and_lifetimes_are_those_of_the_settings() -> None:
    service = upload_service()
    assert (service.bucket, service.limits.open_uploads) == ("a-bucket", 7)
    assert service.lifetimes == Lifetimes(
        url=timedelta(minutes=1),
        form=timedelta(seconds=30),
        upload=timedelta(hours=1),
        multipart=timedelta(days=1),
    )
    assert multipart_service().lifetimes == sweep_service().lifetimes == service.lifetimes


def test_the_bytes_of_failed_documents_stay_for_days_or_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine().failed_retention == timedelta(days=30)
    monkeypatch.setenv("AIRLOCK_FAILED_RETENTION", "0")
    forget_wiring()
    assert engine().failed_retention is None


def test_a_copy_waits_longer_for_s3_than_a_call_for_a_client() -> None:
    objects = engine().objects
    assert isinstance(objects, S3ObjectStore)
    assert _read_timeout(objects._client) == 240
    assert _read_timeout(clients.s3_control()) == 10


def test_a_call_to_s3_without_any_answer_ends_before_its_function() -> None:
    objects = engine().objects
    assert isinstance(objects, S3ObjectStore)
    assert _longest_call(objects._client) < TIMEOUTS["pipeline"].to_seconds()
    assert _longest_call(clients.s3_control()) < TIMEOUTS["uploads"].to_seconds()


def test_the_engine_has_the_built_in_steps_around_those_of_kinds_toml() -> None:
    built = engine()
    assert [step.name for step in (*built.first, *built.last)] == ["size", "type", "promote"]
    assert built.steps.keys() == wiring.kinds().step_definitions.keys()
    assert built.timeouts.keys() == {"promote", *built.steps}


@pytest.mark.parametrize(
    ("queue", "step"), [("copied", "promote"), ("copies", None), ("events", None), ("", None)]
)
def test_the_queue_of_a_result_says_which_step_speaks(queue: str, step: str | None) -> None:
    assert queues.find_step(queue) == step


def _read_timeout(client: Any) -> int:
    seconds: int = client.meta.config.read_timeout
    return seconds


def _longest_call(client: Any) -> float:
    """Returns seconds. Standard mode waits for at most 1 s before the second attempt, and doubles that.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """
    config = client.meta.config
    attempts: int = config.retries["total_max_attempts"]
    seconds: float = attempts * (config.connect_timeout + config.read_timeout) + 2 ** (attempts - 1) - 1
    return seconds


def test_no_connection_is_opened_for_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    wiring.connect()
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    with pytest.raises(OSError, match="no connection to DynamoDB"):
        wiring.connect()


def test_a_queue_that_no_function_reads_is_an_error() -> None:
    assert queues.consumed_queue("events") is queues.consumed_queue("events")
    with pytest.raises(KeyError):
        queues.consumed_queue("dead-letters")
