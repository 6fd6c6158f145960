"""The composition root of delivery: S3 where the deployment has no distribution, CloudFront where it has one."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from functions.signing.delivery import CloudFrontDelivery, S3Delivery
from functions.wiring.delivery import delivery
from functions.wiring.documents import document_service
from tests.lambdas.account import forget_wiring
from tests.test_wiring import SETTINGS

CDN = json.dumps(
    {"origin": "https://d1.example", "secret": "Airlock-test/delivery-keys", "keyIds": {"a": "K1"}}
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    aws = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "a-secret"}
    for name, value in aws.items():
        monkeypatch.setenv(name, value)
    forget_wiring()
    yield
    forget_wiring()


def deploy(monkeypatch: pytest.MonkeyPatch, chosen: str) -> None:
    for name, value in replace(SETTINGS, delivery=chosen).to_environment().items():
        monkeypatch.setenv(name, value)


def test_s3_delivers_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(monkeypatch, "")
    assert isinstance(document_service().delivery, S3Delivery)


def test_cloudfront_delivers_where_the_deployment_has_a_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(monkeypatch, CDN)
    found = document_service().delivery
    assert isinstance(found, CloudFrontDelivery)
    assert found.origin == "https://d1.example"
    assert found is delivery()
