"""Signed URLs: what is refused, and as what."""

import re
from collections.abc import Callable

import httpx
import pytest

from edge_proxy import EdgeProxy, read_distribution
from tools.edge_proxy.tests.conftest import BODY, PATH
from tools.edge_proxy.tests.origin import S3Origin
from tools.edge_proxy.tests.signer import NOW, Key, create_rsa_key
from tools.edge_proxy.tests.template import VALUES, create_template

Get = Callable[..., httpx.Response]


def _code(response: httpx.Response) -> tuple[int, str]:
    (code,) = re.findall(r"<Code>(\w+)</Code>", response.text)
    return response.status_code, code


@pytest.mark.parametrize("sha", [1, 256])
def test_a_canned_policy_gives_the_object(get: Get, key: Key, url: str, sha: int) -> None:
    response = get(key.sign(url, sha=sha))
    assert (response.status_code, response.content) == (200, BODY), response.text


@pytest.mark.parametrize("sha", [1, 256])
def test_a_key_may_be_rsa(get: Get, proxy: EdgeProxy, url: str, sha: int) -> None:
    key = create_rsa_key()
    proxy.deploy(read_distribution(create_template(key.public_pem), VALUES))
    assert get(key.sign(url, sha=sha)).status_code == 200


def test_a_custom_policy_gives_the_object(get: Get, key: Key, url: str) -> None:
    signed = key.sign(url, begins=NOW - 60, address="127.0.0.0/8")
    assert get(signed).content == BODY


def test_an_unsigned_url_is_refused_without_a_request_to_the_origin(
    get: Get, url: str, origin: S3Origin
) -> None:
    assert _code(get(url)) == (403, "MissingKey")
    assert origin.requests == []


def test_a_url_is_refused_from_its_expiry_on(get: Get, key: Key, url: str, clock: list[float]) -> None:
    signed = key.sign(url, expires=NOW + 60)
    clock[0] = NOW + 60
    assert _code(get(signed)) == (403, "AccessDenied")
    clock[0] = NOW + 59
    assert get(signed).status_code == 200


def test_a_later_expiry_than_signed_is_refused(get: Get, key: Key, url: str) -> None:
    signed = key.sign(url, expires=NOW - 1).replace(f"Expires={NOW - 1}", f"Expires={NOW + 60}")
    assert _code(get(signed)) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PATH, f"{PATH}2"),
        ("versionId=", "versionId=x"),
        ("?versionId", "?a=b&versionId"),
        ("http://127.0.0.1", "http://localhost"),
    ],
)
def test_another_url_than_signed_is_refused(get: Get, key: Key, url: str, before: str, after: str) -> None:
    assert get(key.sign(url).replace(before, after)).status_code == 403


def test_a_parameter_more_than_signed_is_refused(get: Get, key: Key, url: str) -> None:
    assert _code(get(key.sign(url) + "&response-content-type=text/html")) == (403, "AccessDenied")


def test_the_hash_is_sha_1_unless_the_url_says_otherwise(get: Get, key: Key, url: str) -> None:
    with_sha256 = key.sign(url, sha=256)
    assert _code(get(with_sha256.replace("&Hash-Algorithm=SHA256", ""))) == (403, "AccessDenied")
    assert _code(get(key.sign(url, sha=1) + "&Hash-Algorithm=SHA256")) == (403, "AccessDenied")
    assert _code(get(with_sha256.replace("SHA256", "SHA512"))) == (403, "AccessDenied")


def test_the_signature_of_another_key_is_refused(get: Get, other_key: Key, url: str) -> None:
    assert _code(get(other_key.sign(url))) == (403, "AccessDenied")


def test_a_key_outside_the_trusted_groups_is_unknown(get: Get, key: Key, url: str) -> None:
    assert _code(get(key.sign(url, "Key9"))) == (403, "InvalidKey")


def test_a_key_that_left_the_group_is_unknown_from_then_on(
    get: Get, proxy: EdgeProxy, key: Key, other_key: Key, url: str
) -> None:
    both = create_template(key.public_pem, other_key.public_pem)
    proxy.deploy(read_distribution(both, VALUES))
    assert get(key.sign(url, "Key0")).status_code == get(other_key.sign(url, "Key1")).status_code == 200
    both["Resources"]["Group"]["Properties"]["KeyGroupConfig"]["Items"] = [{"Ref": "Key1"}]
    proxy.deploy(read_distribution(both, VALUES))
    assert _code(get(key.sign(url, "Key0"))) == (403, "InvalidKey")
    assert get(other_key.sign(url, "Key1")).status_code == 200


def test_the_beginning_and_the_address_of_a_custom_policy_are_checked(get: Get, key: Key, url: str) -> None:
    assert _code(get(key.sign(url, begins=NOW))) == (403, "AccessDenied")
    assert _code(get(key.sign(url, address="192.0.2.0/24"))) == (403, "AccessDenied")


@pytest.mark.parametrize("name", ["Signature", "Expires", "Key-Pair-Id"])
def test_every_parameter_is_required_and_only_once(get: Get, key: Key, url: str, name: str) -> None:
    signed = key.sign(url)
    value = re.findall(rf"[?&]({name}=[^&]*)", signed)[0]
    assert get(signed.replace(f"&{value}", "")).status_code == 403
    assert get(f"{signed}&{value}").status_code == 403


@pytest.mark.parametrize("signature", ["", "AAAA", "not/base64+", "%00"])
def test_a_signature_that_is_none_is_refused(get: Get, key: Key, url: str, signature: str) -> None:
    signed = re.sub("Signature=[^&]*", f"Signature={signature}", key.sign(url))
    assert _code(get(signed)) == (403, "AccessDenied")


@pytest.mark.parametrize(
    "policy",
    [
        "no json",
        "[]",
        '{"Statement":[]}',
        '{"Statement":[{"Resource":"*"}]}',
        '{"Statement":[{"Resource":"*","Condition":{}}]}',
        '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"EpochTime":1900000000}}}]}',
        '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":"1900000000"}}}]}',
        '{"Statement":[{"Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":1900000000},"X":{}}}]}',
    ],
)
def test_a_policy_that_is_not_as_documented_is_refused(get: Get, key: Key, url: str, policy: str) -> None:
    assert _code(get(key.sign(url, policy=policy))) == (403, "AccessDenied")
