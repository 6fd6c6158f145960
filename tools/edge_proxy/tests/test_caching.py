"""The cache: what is kept and for how long, ranges and conditions from it, and requests that are collapsed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpx
import pytest

from edge_proxy import EdgeProxy, EdgeServer, read_distribution
from tools.edge_proxy.tests.conftest import BODY, PATH
from tools.edge_proxy.tests.origin import S3Origin
from tools.edge_proxy.tests.signer import NOW, Key
from tools.edge_proxy.tests.template import VALUES, config_of, create_template

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Get = Callable[..., httpx.Response]


def test_a_second_viewer_is_served_from_the_cache(get: Get, key: Key, url: str, origin: S3Origin) -> None:
    first, second = get(key.sign(url)), get(key.sign(url, expires=NOW + 30))
    assert [response.headers["x-cache"] for response in (first, second)] == [
        "Miss from cloudfront",
        "Hit from cloudfront",
    ]
    assert second.content == first.content == BODY
    assert (second.headers["age"], len(origin.requests)) == ("0", 1)


def test_the_cache_serves_nothing_unsigned(get: Get, key: Key, url: str) -> None:
    get(key.sign(url))
    assert get(url).status_code == 403


def test_simultaneous_viewers_make_one_request_to_the_origin(
    get: Get, key: Key, url: str, origin: S3Origin
) -> None:
    origin.gate.clear()
    with ThreadPoolExecutor(4) as pool:
        responses = [pool.submit(get, key.sign(url)) for _ in range(4)]
        while not origin.requests:
            pass
        origin.gate.set()
        assert {response.result().content for response in responses} == {BODY}
    assert len(origin.requests) == 1


def test_another_version_is_another_object(
    get: Get, key: Key, url: str, server: EdgeServer, s3: "S3Client"
) -> None:
    get(key.sign(url))
    put = s3.put_object(Bucket="a-bucket", Key=PATH[1:], Body=b"new")
    other = get(key.sign(f"{server.url}{PATH}?versionId={put['VersionId']}"))
    assert (other.content, other.headers["x-cache"]) == (b"new", "Miss from cloudfront")


@pytest.mark.parametrize(
    ("range_", "status", "content", "content_range"),
    [
        ("bytes=0-9", 206, BODY[:10], f"bytes 0-9/{len(BODY)}"),
        ("bytes=2000-", 206, BODY[2000:], f"bytes 2000-2047/{len(BODY)}"),
        ("bytes=-10", 206, BODY[-10:], f"bytes 2038-2047/{len(BODY)}"),
        ("bytes=10-99999", 206, BODY[10:], f"bytes 10-2047/{len(BODY)}"),
        ("bytes=2048-", 416, None, f"bytes */{len(BODY)}"),
        ("bytes=9-0", 200, BODY, None),
        ("lines=0-9", 200, BODY, None),
    ],
)
def test_a_range_is_cut_from_the_whole_in_the_cache(
    get: Get, key: Key, url: str, range_: str, status: int, content: bytes | None, content_range: str | None
) -> None:
    get(key.sign(url))
    response = get(key.sign(url), headers={"range": range_})
    assert (response.status_code, response.headers.get("content-range")) == (status, content_range)
    assert content is None or response.content == content


def test_a_range_that_is_not_in_the_cache_is_the_origins(
    get: Get, key: Key, url: str, origin: S3Origin
) -> None:
    first, second = (get(key.sign(url), headers={"range": "bytes=0-9"}) for _ in range(2))
    assert (first.status_code, first.content, second.content) == (206, BODY[:10], BODY[:10])
    assert [headers["range"] for _, _, headers in origin.requests] == ["bytes=0-9"]
    assert get(key.sign(url), headers={"range": "bytes=5-9"}).content == BODY[5:10]


def test_if_range_with_another_etag_gives_the_whole(get: Get, key: Key, url: str) -> None:
    etag = get(key.sign(url)).headers["etag"]
    same = get(key.sign(url), headers={"range": "bytes=0-9", "if-range": etag})
    other = get(key.sign(url), headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert (same.status_code, other.status_code, other.content) == (206, 200, BODY)


def test_if_none_match_gives_304_with_the_headers_of_the_policy(get: Get, key: Key, url: str) -> None:
    etag = get(key.sign(url)).headers["etag"]
    response = get(key.sign(url), headers={"if-none-match": etag})
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", etag)
    assert response.headers["referrer-policy"] == "no-referrer"
    assert get(key.sign(url), headers={"if-none-match": '"other"'}).status_code == 200


def test_a_condition_of_the_first_viewer_is_not_the_origins(
    get: Get, key: Key, url: str, origin: S3Origin
) -> None:
    response = get(key.sign(url), headers={"if-none-match": "*"})
    assert response.status_code == 304
    assert "if-none-match" not in origin.requests[0][2]
    assert get(key.sign(url)).headers["x-cache"] == "Hit from cloudfront"


def test_the_other_conditions_are_those_of_http(get: Get, key: Key, url: str) -> None:
    modified = get(key.sign(url)).headers["last-modified"]
    assert get(key.sign(url), headers={"if-modified-since": modified}).status_code == 304
    assert get(key.sign(url), headers={"if-unmodified-since": formatdate(0, usegmt=True)}).status_code == 412
    assert get(key.sign(url), headers={"if-match": '"other"'}).status_code == 412


def test_an_expired_response_is_revalidated(
    get: Get, key: Key, url: str, origin: S3Origin, clock: list[float]
) -> None:
    etag = get(key.sign(url)).headers["etag"]
    clock[0] += 86_400
    again = get(key.sign(url, expires=NOW + 90_000))
    assert (again.content, again.headers["x-cache"]) == (BODY, "RefreshHit from cloudfront")
    assert origin.requests[1][2]["if-none-match"] == etag
    assert get(key.sign(url, expires=NOW + 90_000)).headers["x-cache"] == "Hit from cloudfront"


def test_an_error_of_the_origin_is_kept_for_ten_seconds(
    get: Get, key: Key, proxy: EdgeProxy, server: EdgeServer, s3: "S3Client", clock: list[float]
) -> None:
    url = f"{server.url}/documents/late"
    assert get(key.sign(url)).status_code == 404
    s3.put_object(Bucket="a-bucket", Key="documents/late", Body=b"late")
    assert get(key.sign(url)).status_code == 404
    clock[0] += 10
    assert get(key.sign(url)).content == b"late"


def test_a_distribution_may_keep_errors_for_no_time(
    get: Get, key: Key, proxy: EdgeProxy, server: EdgeServer, s3: "S3Client"
) -> None:
    template = create_template(key.public_pem)
    config_of(template)["CustomErrorResponses"] = [{"ErrorCode": 404, "ErrorCachingMinTTL": 0}]
    proxy.deploy(read_distribution(template, VALUES))
    url = f"{server.url}/documents/late"
    assert get(key.sign(url)).status_code == 404
    s3.put_object(Bucket="a-bucket", Key="documents/late", Body=b"late")
    assert get(key.sign(url)).content == b"late"


def test_a_large_object_is_streamed_and_not_kept(
    get: Get, key: Key, url: str, s3: "S3Client", server: EdgeServer
) -> None:
    large = bytes(17 << 20)
    s3.put_object(Bucket="a-bucket", Key="documents/large", Body=large)
    signed = key.sign(f"{server.url}/documents/large")
    assert get(signed).content == get(signed).content == large
    assert get(signed).headers["x-cache"] == "Miss from cloudfront"
