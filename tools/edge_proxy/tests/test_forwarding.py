"""What reaches the origin, and what the viewer receives."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from edge_proxy import EdgeProxy, EdgeServer, read_distribution
from tools.edge_proxy.tests.conftest import BODY, PATH
from tools.edge_proxy.tests.origin import S3Origin
from tools.edge_proxy.tests.signer import Key
from tools.edge_proxy.tests.template import VALUES, config_of, create_template

Get = Callable[..., httpx.Response]
_VIEWER = {
    "authorization": "Bearer x",
    "cookie": "a=b",
    "x-own": "1",
    "accept-encoding": "gzip",
    "origin": "https://app.example",
}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def test_the_origin_sees_the_query_of_the_cache_policy_and_no_signature(
    get: Get, key: Key, url: str, origin: S3Origin, version: str
) -> None:
    get(key.sign(f"{url}&response-content-type=text%2Fplain&other=1"))
    ((method, target, _),) = origin.requests
    assert (method, target) == (
        "GET",
        f"/a-bucket{PATH}?versionId={version}&response-content-type=text%2Fplain",
    )


def test_the_origin_sees_no_header_of_the_viewer_that_no_policy_names(
    get: Get, key: Key, url: str, origin: S3Origin
) -> None:
    get(key.sign(url), headers=_VIEWER)
    ((_, _, headers),) = origin.requests
    assert headers.keys() & {"cookie", "x-own", "accept-encoding", "origin"} == set()
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert (headers["user-agent"], headers["x-forwarded-for"]) == ("Amazon CloudFront", "127.0.0.1")


def test_an_origin_request_policy_adds_headers_queries_and_cookies(
    get: Get, proxy: EdgeProxy, key: Key, url: str, origin: S3Origin
) -> None:
    policy: dict[str, Any] = {
        "Name": "request",
        "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": ["a"]},
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Origin", "CloudFront-Viewer-Address"]},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    }
    template = create_template(key.public_pem)
    resource = {
        "Type": "AWS::CloudFront::OriginRequestPolicy",
        "Properties": {"OriginRequestPolicyConfig": policy},
    }
    template["Resources"]["Request"] = resource
    config_of(template)["DefaultCacheBehavior"]["OriginRequestPolicyId"] = {"Ref": "Request"}
    proxy.deploy(read_distribution(template, VALUES))
    get(key.sign(f"{url}&other=1"), headers=_VIEWER | {"cookie": "a=b; c=d"})
    ((_, target, headers),) = origin.requests
    assert target.endswith("&other=1")
    assert (headers["origin"], headers["cookie"]) == ("https://app.example", "a=b")
    assert headers["cloudfront-viewer-address"].startswith("127.0.0.1:")
    assert "x-own" not in headers


def test_a_custom_header_replaces_that_of_the_viewer(
    get: Get, proxy: EdgeProxy, key: Key, url: str, origin: S3Origin
) -> None:
    template = create_template(key.public_pem)
    custom = [{"HeaderName": "X-Secret", "HeaderValue": "right"}]
    config_of(template)["Origins"][0]["OriginCustomHeaders"] = custom
    proxy.deploy(read_distribution(template, VALUES))
    get(key.sign(url), headers={"x-secret": "wrong"})
    assert origin.requests[0][2]["x-secret"] == "right"


def test_the_response_has_the_headers_of_the_policy_and_of_s3(
    get: Get, key: Key, url: str, version: str
) -> None:
    headers = get(key.sign(url)).headers
    assert (headers["content-type"], headers["x-amz-version-id"]) == ("video/mp4", version)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert (headers["referrer-policy"], headers["cross-origin-resource-policy"]) == (
        "no-referrer",
        "cross-origin",
    )
    assert "access-control-allow-origin" not in headers


def test_an_allowed_origin_may_read_the_response(get: Get, key: Key, url: str) -> None:
    allowed = get(key.sign(url), headers={"origin": "https://app.example"}).headers
    assert allowed["access-control-allow-origin"] == "https://app.example"
    assert (allowed["access-control-expose-headers"], allowed["vary"]) == ("ETag, Content-Range", "Origin")
    assert (
        "access-control-allow-origin"
        not in get(key.sign(url), headers={"origin": "https://evil.example"}).headers
    )


def test_a_preflight_is_the_origins_to_answer_and_gets_the_headers_of_the_policy(
    http: httpx.Client, s3: Any, key: Key, url: str
) -> None:
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]}
    s3.put_bucket_cors(Bucket="a-bucket", CORSConfiguration={"CORSRules": [rule]})
    asks = {"origin": "https://app.example", "access-control-request-method": "GET"}
    response = http.options(key.sign(url), headers=asks)
    assert response.headers["access-control-allow-methods"] == "GET, HEAD"
    assert response.headers["access-control-allow-headers"] == "range, if-range"
    assert response.headers["access-control-max-age"] == "600"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_method_that_the_behaviour_lacks_is_refused(
    http: httpx.Client, key: Key, url: str, origin: S3Origin, method: str
) -> None:
    assert http.request(method, key.sign(url)).status_code == 403
    assert origin.requests == []


def test_a_get_with_a_body_is_refused(http: httpx.Client, key: Key, url: str) -> None:
    assert http.request("GET", key.sign(url), content=b"x").status_code == 403


def test_a_url_or_a_request_beyond_the_quotas_is_refused(get: Get, key: Key, url: str) -> None:
    assert get(key.sign(f"{url}&x={'x' * 8192}")).status_code == 413
    assert get(key.sign(url), headers={f"x-{index}": "x" * 7000 for index in range(3)}).status_code == 413


def test_another_host_has_no_distribution(get: Get, url: str) -> None:
    assert get(url, headers={"host": "d1.cloudfront.net"}).status_code == 403


def test_head_is_the_get_without_its_body(http: httpx.Client, key: Key, url: str) -> None:
    signed = key.sign(url)
    head = http.head(signed)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(BODY)))
    assert head.headers["etag"] == http.get(signed).headers["etag"]


def test_an_object_that_is_missing_is_an_error_of_s3(
    get: Get, key: Key, server: EdgeServer, proxy: EdgeProxy
) -> None:
    response = get(key.sign(f"{server.url}/documents/none"))
    assert (response.status_code, response.headers["x-cache"]) == (404, "Error from cloudfront")


def test_a_larger_response_than_cloudfront_caches_is_refused(
    proxy: EdgeProxy, get: Get, key: Key, url: str, origin: S3Origin
) -> None:
    origin.content_length = 50 * 1000**3 + 1
    assert get(key.sign(url)).status_code == 502
    origin.content_length = None
    assert get(key.sign(url), headers={"range": "bytes=0-9"}).status_code == 206
