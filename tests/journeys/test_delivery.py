"""Downloads through the local CloudFront, which the synthesised template configures."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from functions.adapters.p256_key import P256Key
from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.delivery import Edge, sign
from tests.journeys.files import pdf, png
from tests.journeys.operate_command import OperateCommand
from tests.journeys.storage import Storage

STACK = "delivery_stack"
_DATA = pdf(100_000)


@pytest.fixture(scope="module")
def edge(own_stack: LocalStack) -> Edge:
    return Edge(own_stack)


@pytest.fixture(scope="module")
def document_id(user: ApiClient) -> str:
    id: str = user.upload(_DATA, "report.pdf", "application/pdf")["id"]
    return id


@pytest.fixture
def url(user: ApiClient, document_id: str) -> str:
    return user.get_download_url(document_id)


def test_a_download_is_the_upload_and_comes_from_the_edge(
    url: str, http: httpx.Client, own_stack: LocalStack
) -> None:
    response = http.get(url)
    assert own_stack.edge is not None
    assert url.startswith(f"{own_stack.edge.origin}/documents/")
    assert (response.status_code, response.content) == (200, _DATA)
    assert response.headers["content-disposition"].startswith('attachment; filename="report.pdf"')
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in response.headers, "the viewer of a PDF stays blank in a sandbox"


def test_everything_but_a_pdf_is_in_a_sandbox(user: ApiClient, http: httpx.Client) -> None:
    document = user.upload(b"hello", "notes.txt", "text/plain")
    headers = http.get(user.get_download_url(document["id"])).headers
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_a_url_that_is_not_signed_for_it_now_is_refused(url: str, http: httpx.Client, edge: Edge) -> None:
    key = edge.find_signing_key()
    assert http.get(sign(url, key)).status_code == 200
    refused = {
        "unsigned": url.partition("&Expires=")[0],
        "expired": sign(url, key, lifetime=-1),
        "later": re.sub(r"Expires=\d+", "Expires=4102444800", url),
        "other version": re.sub(r"versionId=[^&]+", "versionId=null", url),
        "other document": re.sub(r"/documents/[^?]+", "/documents/other", url),
        "other name": url.replace("report.pdf", "other.pdf"),
        "other key": sign(url, P256Key.generate()),
        "unknown key": re.sub(r"Key-Pair-Id=\w+", "Key-Pair-Id=K2JCJMDEHXQW5F", url),
    }
    assert {case: http.get(each).status_code for case, each in refused.items()} == dict.fromkeys(refused, 403)


def test_ranges_conditions_and_head_are_those_of_s3(url: str, http: httpx.Client) -> None:
    part = http.get(url, headers={"range": "bytes=10-19"})
    etag = part.headers["etag"]
    assert (part.status_code, part.content) == (206, _DATA[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(_DATA)}"
    assert http.get(url, headers={"range": "bytes=0-0", "if-range": etag}).status_code == 206
    other = http.get(url, headers={"range": "bytes=0-0", "if-range": '"other"'})
    assert (other.status_code, other.content) == (200, _DATA)
    assert http.get(url, headers={"if-none-match": etag}).status_code == 304
    assert http.get(url, headers={"range": f"bytes={len(_DATA)}-"}).status_code == 416
    head = http.head(url)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(_DATA)), b"")


def test_two_viewers_of_one_document_make_one_request_to_s3(user: ApiClient, http: httpx.Client) -> None:
    document = user.upload(pdf(3_000_000), "shared.pdf", "application/pdf")
    urls = [user.get_download_url(document["id"]) for _ in range(2)]
    with ThreadPoolExecutor(2) as viewers:
        sources = [response.headers["x-cache"] for response in viewers.map(http.get, urls)]
    assert sorted(sources) == ["Hit from cloudfront", "Miss from cloudfront"]


def test_a_rendition_is_delivered_too(user: ApiClient, http: httpx.Client) -> None:
    document = user.upload(png(), "photo.png", "image/png")
    thumbnail = http.get(user.get_download_url(document["id"], rendition="thumbnail"))
    assert (thumbnail.status_code, thumbnail.headers["content-type"]) == (200, "image/jpeg")


def test_s3_refuses_a_presigned_read_of_a_document(
    own_stack: LocalStack, bucket: Storage, url: str, http: httpx.Client
) -> None:
    iam = own_stack.emulator.client("iam")
    iam.create_user(UserName="reader")
    statement = '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    iam.put_user_policy(UserName="reader", PolicyName="all", PolicyDocument=statement)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    s3 = boto3.client(
        "s3",
        endpoint_url=own_stack.s3,
        region_name=own_stack.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=Config(signature_version="s3v4"),
    )
    path = httpx.URL(url)
    target: dict[str, Any] = {
        "Bucket": own_stack.bucket,
        "Key": path.path.removeprefix("/"),
        "VersionId": path.params["versionId"],
    }
    assert s3.get_object(**target)["Body"].read() == _DATA
    assert http.get(s3.generate_presigned_url("get_object", target)).status_code == 403


def test_keys_rotate_under_load_and_no_download_fails(
    user: ApiClient, document_id: str, http: httpx.Client, edge: Edge, own_stack: LocalStack
) -> None:
    operate, done, statuses = OperateCommand(own_stack), threading.Event(), list[int]()
    old_url = user.get_download_url(document_id)

    def download() -> None:
        while not done.is_set():
            # MiniStack ends the processes of a function that it updates, with the requests in them, and AWS does not.
            signed = user.request("GET", f"/documents/{document_id}/download")
            assert signed.status_code in (200, 500, 502, 503)
            if signed.status_code == 200:
                statuses.append(http.get(signed.json()["url"]).status_code)

    with ThreadPoolExecutor(2) as load:
        downloads = [load.submit(download) for _ in range(2)]
        try:
            _rotate(edge, operate)
        finally:
            done.set()
        for each in downloads:
            each.result()
    assert set(statuses) == {200}
    assert len(statuses) > 10
    assert http.get(old_url).status_code == 403
    new_url = user.get_download_url(document_id)
    assert _key_id(new_url) != _key_id(old_url)


def _rotate(edge: Edge, operate: OperateCommand) -> None:
    """Rotates as docs/edge.md says."""
    operate.run("keys", "create")
    edge.deploy(edge.list_public_keys())
    operate.run("keys", "switch")
    edge.restart_functions()
    edge.remove_other_key()
    edge.deploy(edge.list_public_keys())


def _key_id(url: str) -> str:
    (found,) = re.findall(r"Key-Pair-Id=(\w+)", url)
    return str(found)
