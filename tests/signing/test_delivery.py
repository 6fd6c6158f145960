"""URLs of CloudFront: equal to those of botocore's signer, verified as CloudFront documents it, and bound to all that they name."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from functions.adapters.p256_key import P256Key
from functions.domain.content import StoredContent
from functions.signing.delivery import CloudFrontDelivery, S3Delivery, TrustedKey
from functions.signing.presigning import sign_download
from tests.examples import NOW, SIGNER

ORIGIN, KEY_ID = "https://d111111abcdef8.cloudfront.net", "K2JCJMDEHXQW5F"
KEY = P256Key.generate()
DELIVERY = CloudFrontDelivery(ORIGIN, lambda: TrustedKey(KEY_ID, KEY))
CONTENT = StoredContent(
    key="documents/0f1e/0198",
    version="3sL4kqtJlcpXroDTDmJ+rmSpXd3d/brHY",
    content_type="text/plain",
    file_name='r\u00e9sum\u00e9 "*?".txt',
    size=3,
    sha256=None,
    charset="utf-8",
)


def sign(
    content: StoredContent = CONTENT, *, inline: bool = False, now: datetime = NOW, lifetime: int = 300
) -> str:
    return DELIVERY.sign(content, inline=inline, method="GET", lifetime=lifetime, now=now).url


def verify(url: str, key: P256Key = KEY) -> None:
    """Verifies a URL as CloudFront does. Raises InvalidSignature."""
    resource, _, rest = url.partition("&Expires=")
    found = dict(parse_qsl(f"Expires={rest}"))
    policy = (
        f'{{"Statement":[{{"Resource":"{resource}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{found["Expires"]}}}}}}}]}}'
    )
    signature = base64.b64decode(found["Signature"].translate(str.maketrans("-_~", "+=/")))
    public = load_der_public_key(key.public_key().to_der())
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, policy.encode(), ec.ECDSA(hashes.SHA256()))


def test_a_url_equals_that_of_botocore_and_names_its_hash() -> None:
    url = sign()
    theirs = CloudFrontSigner(KEY_ID, lambda message: KEY.sign(digest_of(message)))
    resource = url.partition("&Expires=")[0]
    expected = theirs.generate_presigned_url(resource, date_less_than=NOW + timedelta(seconds=300))
    assert url == f"{expected}&Hash-Algorithm=SHA256"


def digest_of(message: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(message)
    return digest.finalize()


def test_s3_gets_the_version_and_the_headers_of_the_response() -> None:
    query = dict(parse_qsl(urlsplit(sign()).query))
    theirs = dict(
        parse_qsl(urlsplit(sign_download(SIGNER, CONTENT, inline=False, lifetime=300, now=NOW).url).query)
    )
    names = {"versionId", "response-content-type", "response-content-disposition"}
    assert {name: query[name] for name in names} == {name: theirs[name] for name in names}
    assert query.keys() - names == {"Expires", "Signature", "Key-Pair-Id", "Hash-Algorithm"}


def test_a_signature_is_verified_with_its_own_key_alone() -> None:
    verify(sign())
    with pytest.raises(InvalidSignature):
        verify(sign(), P256Key.generate())


@pytest.mark.parametrize(
    "tamper",
    [
        lambda url: url.replace("documents/0f1e", "documents/0f1f"),
        lambda url: url.replace("versionId=3", "versionId=4"),
        lambda url: url.replace("attachment", "inline"),
        lambda url: url.replace("text%2Fplain", "text%2Fhtml"),
        lambda url: url.replace("&Expires=1", "&Expires=2"),
        lambda url: url.replace("&response-content-type", "&x=1&response-content-type"),
        lambda url: url.replace("d111111abcdef8", "d222222abcdef8"),
    ],
)
def test_nothing_of_a_url_can_be_changed(tamper: Callable[[str], str]) -> None:
    assert tamper(sign()) != sign()
    with pytest.raises(InvalidSignature):
        verify(tamper(sign()))


def test_a_url_has_no_wildcard_and_no_character_that_needs_an_escape() -> None:
    resource = sign().partition("?")[2]
    assert not set(resource) & set('*?"\\ ')


def test_a_url_expires_with_its_lifetime_of_whole_seconds() -> None:
    now = datetime(2026, 11, 29, 12, 0, 0, 999_999, tzinfo=UTC)
    signed = DELIVERY.sign(CONTENT, inline=False, method="GET", lifetime=300, now=now)
    assert signed.expires_at == datetime(2026, 11, 29, 12, 5, tzinfo=UTC)
    assert f"&Expires={int(signed.expires_at.timestamp())}&" in signed.url
    assert signed.url not in repr(signed)


def test_a_time_without_utc_is_an_error() -> None:
    with pytest.raises(ValueError, match="UTC"):
        sign(now=NOW.astimezone(timezone(timedelta(hours=1))))


@pytest.mark.parametrize(
    ("content_type", "shown"), [("application/pdf", "inline"), ("text/html", "attachment")]
)
def test_only_what_cannot_run_scripts_is_inline(content_type: str, shown: str) -> None:
    query = dict(parse_qsl(urlsplit(sign(replace(CONTENT, content_type=content_type), inline=True)).query))
    assert query["response-content-disposition"].startswith(f"{shown};")


def test_the_key_is_asked_for_at_each_url() -> None:
    keys = iter([TrustedKey("K1", KEY), TrustedKey("K2", P256Key.generate())])
    rotating = CloudFrontDelivery(ORIGIN, lambda: next(keys))
    urls = [rotating.sign(CONTENT, inline=False, method="GET", lifetime=9, now=NOW).url for _ in range(2)]
    assert ["Key-Pair-Id=K1" in urls[0], "Key-Pair-Id=K2" in urls[1]] == [True, True]


def test_two_viewers_of_one_document_have_one_url() -> None:
    assert sign() == sign()


def test_a_url_stays_below_4_kb_with_the_longest_name() -> None:
    assert len(sign(replace(CONTENT, file_name="\u00e9" * 127))) < 4_000


def test_s3_delivers_presigned_urls() -> None:
    delivery = S3Delivery(lambda: SIGNER)
    signed = delivery.sign(CONTENT, inline=False, method="HEAD", lifetime=300, now=NOW)
    assert signed == sign_download(SIGNER, CONTENT, inline=False, method="HEAD", lifetime=300, now=NOW)


def test_the_largest_responses_are_those_of_the_quotas() -> None:
    assert S3Delivery(lambda: SIGNER).max_response == 5_000_000_000_000
    assert DELIVERY.max_response == 50_000_000_000


def test_only_a_url_of_s3_is_bound_to_its_method() -> None:
    assert S3Delivery(lambda: SIGNER).binds_method
    assert not DELIVERY.binds_method
