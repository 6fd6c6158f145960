"""Requests and headers that AWS, and therefore the local stack, rejects or drops; and HEAD, which a client follows to S3."""

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import goes_around_the_edge
from tests.journeys.files import png
from tests.journeys.storage import Storage

UNSIGNED = {
    "content-encoding": "gzip",
    "content-language": "en",
    "cache-control": "public, max-age=31536000",
    "content-disposition": "inline; filename=evil.html",
    "expires": "Thu, 01 Dec 2033 16:00:00 GMT",
}
"""Headers that S3 stores, although the URL of a PUT does not sign them."""


def test_unsigned_headers_of_an_upload_reach_no_reader(ada: ApiClient, http: httpx.Client) -> None:
    data = png(2_000)
    created = ada.create(data, "cat.png", "image/png")
    assert ada.put(created["upload"], data, **UNSIGNED).status_code == 200
    document = ada.wait_until_processed(created["document"]["id"])
    assert document["status"] == "ready"
    with http.stream("GET", ada.get_download_url(document["id"])) as answer:
        assert b"".join(answer.iter_raw()) == data
    sent = {name: answer.headers.get(name) for name in UNSIGNED}
    assert sent == dict.fromkeys(UNSIGNED) | {"content-disposition": 'attachment; filename="cat.png"'}


@pytest.mark.parametrize("method", ["PUT", pytest.param("GET", marks=goes_around_the_edge)])
def test_s3_rejects_a_token_beside_a_presigned_url(ada: ApiClient, http: httpx.Client, method: str) -> None:
    data = png(2_000)
    token = {"authorization": f"Bearer {ada.token}"}
    if method == "PUT":
        answer = ada.put(ada.create(data, "cat.png", "image/png")["upload"], data, **token)
    else:
        document = ada.upload(data, "cat.png", "image/png")
        answer = http.get(ada.get_download_url(document["id"]), headers=token)
    assert answer.status_code == 400
    assert "Only one auth mechanism allowed" in answer.text


@goes_around_the_edge
def test_a_url_with_the_longest_name_is_short_enough_for_s3(ada: ApiClient, http: httpx.Client) -> None:
    document = ada.upload(png(2_000), "家" * 83 + ".png", "image/png")
    url = ada.get_download_url(document["id"])
    assert http.get(url, headers={"x-padding": "x" * 3_000}).status_code == 200
    assert http.get(url, headers={"x-padding": "x" * 8_192}).status_code == 400


@goes_around_the_edge
def test_the_api_rejects_10_kb_of_request_line_and_headers(ada: ApiClient) -> None:
    assert ada.request("GET", "/documents", params={"nameContains": "x" * 200}).status_code == 200
    assert ada.request("GET", "/documents", params={"cursor": "x" * 10_240}).status_code == 431


def test_a_head_is_followed_to_the_bytes(ada: ApiClient, http: httpx.Client, storage: Storage) -> None:
    data = png(3_000)
    document = ada.upload(data, "cat.png", "image/png")
    answer = ada.request("HEAD", f"/documents/{document['id']}/content", follow_redirects=True)
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (
        200,
        str(len(data)),
        b"",
    )
    assert answer.headers["content-type"] == "image/png"
    assert http.head(ada.get_download_url(document["id"], method="HEAD")).status_code == 200


@pytest.mark.parametrize("path", ["/kinds", "/documents", "/documents/{id}", "/openapi.json", "/docs"])
def test_the_gateway_routes_head(ada: ApiClient, stack: LocalStack, path: str) -> None:
    document = ada.create(png(10), "cat.png", "image/png")["document"]
    path = path.replace("{id}", document["id"])
    assert ada.request("HEAD", path).status_code == ada.request("GET", path).status_code == 200
    assert ada.request("HEAD", path).content == b""
    if path not in ("/openapi.json", "/docs"):
        assert httpx.head(stack.api + path).status_code == 401
