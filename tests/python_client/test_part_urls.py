"""Presigned URLs of the parts of one upload."""

import json
from pathlib import Path

import pytest

from airlock_client import AirlockClient, FileSource, Upload
from airlock_client._cancellation import Cancellation
from airlock_client._sync._part_urls import PartUrls
from airlock_client._upload_request import create_request
from tests.journeys.files import mp4
from tests.python_client.service import ENDPOINT, TOKEN, Service

MIB = 1024**2
SHA256 = "0" * 64


@pytest.fixture
def urls(service: Service, tmp_path: Path) -> PartUrls:
    """The URLs of a file of three parts."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(11 * MIB))
    request = create_request(Upload(source=FileSource(path), part_size=5 * MIB), None).to_json()
    api = AirlockClient(ENDPOINT, TOKEN, transport=service.transport)._api
    created = api.call("POST", "/documents", body=request, headers={"idempotency-key": "a" * 32})
    document_id = created.response.json()["document"]["id"]
    return PartUrls(api, f"/documents/{document_id}/parts", Cancellation())


def requested_parts(service: Service) -> list[list[int]]:
    """Returns the part numbers of each call."""
    calls = [request for request in service.requests if request.url.path.endswith("/parts")]
    return [json.loads(call.content)["partNumbers"] for call in calls]


def test_one_call_returns_the_urls_of_all_parts_that_are_expected(service: Service, urls: PartUrls) -> None:
    urls.expect(1, SHA256)
    urls.expect(3, SHA256)

    assert "partNumber=1" in urls.get(1).url
    assert "partNumber=3" in urls.get(3).url
    assert requested_parts(service) == [[1, 3]]


def test_a_part_that_is_sent_again_gets_another_url_and_no_other_part_does(
    service: Service, urls: PartUrls
) -> None:
    for number in (1, 2):
        urls.expect(number, SHA256)
    urls.get(1)
    urls.get(2)

    urls.expect(1, SHA256)
    urls.get(1)

    assert requested_parts(service) == [[1, 2], [1]]
