"""Our signatures equal botocore's, byte for byte, and the example that AWS publishes."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.signing.credentials import Credentials, CredentialsExpired
from functions.signing.endpoint import Endpoint
from functions.signing.sigv4 import SignedForm, SignedUrl, Signer
from tests.deep import SOAK
from tests.signing.botocore_signer import (
    ACCESS_KEY,
    BUCKET,
    SECRET_KEY,
    TOKEN,
    Location,
    parse_amz_date,
    presign,
    query_parameter,
    s3_client,
    signing_time,
)

KEY = "staging/0f1e/0198"
NOW = datetime(2026, 2, 3, 23, 59, 58, tzinfo=UTC)
TWO_HOURS_EAST = timezone(timedelta(hours=2))

locations = st.tuples(
    st.sampled_from(
        ["us-east-1", "us-west-2", "eu-central-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]
    ),
    st.sampled_from([None, None, "http://127.0.0.1:4566", "http://localhost:80/", "https://S3.example/aws/"]),
    st.sampled_from([None, TOKEN]),
)
printable = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30)
unusual_pieces = st.sampled_from(["//", "..", "%2F", "e\u0301", "{partNumber}", "{signature}"])
unusual_characters = st.sampled_from("/.%+~*?#&=;:@'\"\\ aé\u202e\U0001f642")
keys = printable | st.lists(unusual_pieces | unusual_characters, min_size=1, max_size=8).map("".join)
lengths = st.integers(0, 5 * 2**30)
checksums = st.binary(min_size=32, max_size=32).map(lambda digest: base64.b64encode(digest).decode())
lifetimes = st.integers(1, 604_800)

# Without a deadline, because the first example of a Region builds a client, which is slow.
_examples = settings(deadline=None, max_examples=4_000 if SOAK else 200)


def many_examples(test: Callable[..., None]) -> Callable[..., None]:
    marked: Callable[..., None] = pytest.mark.soak(_examples(test))
    return marked


def our_signer(
    region: str = "eu-west-1",
    override: str | None = None,
    token: str | None = None,
    expires_at: datetime | None = None,
) -> Signer:
    credentials = Credentials(ACCESS_KEY, SECRET_KEY, token, expires_at)
    return Signer(credentials, region, Endpoint.for_bucket(BUCKET, region, override))


def test_the_example_of_the_s3_documentation_is_reproduced() -> None:
    endpoint = Endpoint("https://examplebucket.s3.amazonaws.com", "")
    signer = Signer(Credentials(ACCESS_KEY, SECRET_KEY), "us-east-1", endpoint)
    signed = signer.presign("GET", "test.txt", lifetime=86_400, now=datetime(2013, 5, 24, tzinfo=UTC))
    assert signed.url == (
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


@many_examples
@given(
    location=locations,
    key=keys,
    length=lengths,
    content_type=printable,
    checksum=checksums,
    lifetime=lifetimes,
)
@example(("us-east-1", None, TOKEN), "../x", 0, "text/plain;  charset=utf-8 ", "c2hvcnQ=", 1)
def test_a_put_url_is_byte_identical_to_botocore(
    location: Location, key: str, length: int, content_type: str, checksum: str, lifetime: int
) -> None:
    theirs = presign(
        location,
        "put_object",
        lifetime,
        Key=key,
        ContentLength=length,
        ContentType=content_type,
        IfNoneMatch="*",
        ChecksumSHA256=checksum,
    )
    headers = {
        "content-length": str(length),
        "content-type": content_type,
        "if-none-match": "*",
        "x-amz-checksum-sha256": checksum,
    }
    now = signing_time(theirs)
    assert (
        our_signer(*location).presign("PUT", key, lifetime=lifetime, now=now, headers=headers).url == theirs
    )
    assert set(query_parameter(theirs, "X-Amz-SignedHeaders").split(";")) == {*headers, "host"}


@many_examples
@given(
    location=locations,
    key=keys,
    version=printable,
    disposition=printable,
    media_type=printable,
    lifetime=lifetimes,
)
def test_a_get_url_is_byte_identical_to_botocore(
    location: Location, key: str, version: str, disposition: str, media_type: str, lifetime: int
) -> None:
    theirs = presign(
        location,
        "get_object",
        lifetime,
        Key=key,
        VersionId=version,
        ResponseContentDisposition=disposition,
        ResponseContentType=media_type,
    )
    query = {
        "versionId": version,
        "response-content-disposition": disposition,
        "response-content-type": media_type,
    }
    now = signing_time(theirs)
    assert our_signer(*location).presign("GET", key, lifetime=lifetime, now=now, query=query).url == theirs


@many_examples
@given(
    location=locations,
    key=keys,
    upload_id=printable,
    number=st.integers(1, 10_000),
    length=lengths,
    checksum=checksums,
    lifetime=lifetimes,
)
def test_a_part_url_is_byte_identical_to_botocore(
    location: Location, key: str, upload_id: str, number: int, length: int, checksum: str, lifetime: int
) -> None:
    theirs = presign(
        location,
        "upload_part",
        lifetime,
        Key=key,
        PartNumber=number,
        UploadId=upload_id,
        ContentLength=length,
        ChecksumSHA256=checksum,
    )
    headers = {"content-length": str(length), "x-amz-checksum-sha256": checksum}
    query = {"partNumber": str(number), "uploadId": upload_id}
    now, signer = signing_time(theirs), our_signer(*location)
    parts = signer.create_part_signer(key, upload_id, lifetime=lifetime, now=now, headers=headers)
    completed = parts.template.replace("{partNumber}", str(number)).replace("{signature}", parts.sign(number))
    single = signer.presign("PUT", key, lifetime=lifetime, now=now, query=query, headers=headers)
    assert parts.presign(number) == theirs
    assert completed == theirs
    assert single.url == theirs


names = st.text("abcdefgxyzABCXYZ019-._~%[] é", min_size=1, max_size=12)
header_names = st.from_regex(r"x-amz-meta-[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)


@many_examples
@given(
    access_key=printable,
    secret=printable,
    token=st.none() | printable,
    method=st.sampled_from(["GET", "PUT", "HEAD", "DELETE"]),
    query=st.dictionaries(names, printable, max_size=6),
    headers=st.lists(st.tuples(header_names, printable), unique_by=lambda h: h[0].lower(), max_size=6).map(
        dict
    ),
)
@example("AK", "s", None, "GET", {"a": "1", "a-b": "2", "a.": "3", "a%": "4", "X-Amz": "5", "Z": "6"}, {})
def test_a_url_with_any_query_and_headers_is_byte_identical_to_botocore(
    access_key: str,
    secret: str,
    token: str | None,
    method: str,
    query: dict[str, str],
    headers: dict[str, str],
) -> None:
    endpoint = Endpoint.for_bucket(BUCKET, "eu-west-1")
    request = AWSRequest(method, f"{endpoint.origin}/{KEY}", params=dict(query), headers=dict(headers))
    credentials = botocore.credentials.Credentials(access_key, secret, token)
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=60).add_auth(request)
    signer = Signer(Credentials(access_key, secret, token), "eu-west-1", endpoint)
    now = signing_time(str(request.url))
    ours = signer.presign(method, KEY, lifetime=60, now=now, query=query, headers=headers)
    assert ours.url == request.url


def botocore_form(
    location: Location, key: str, content_type: str, max_size: int, lifetime: int
) -> tuple[datetime, Any]:
    """Returns (signing time, botocore's form). Repeats if botocore's two reads of the clock fall into different seconds."""
    conditions: list[Any] = [["content-length-range", 1, max_size], {"Content-Type": content_type}]
    while True:
        form = s3_client(*location).generate_presigned_post(
            BUCKET, key, {"Content-Type": content_type}, list(conditions), lifetime
        )
        now = parse_amz_date(form["fields"]["x-amz-date"])
        expiration = json.loads(base64.b64decode(form["fields"]["policy"]))["expiration"]
        if datetime.fromisoformat(expiration) == now + timedelta(seconds=lifetime):
            return now, form


form_keys = keys.filter(lambda key: "${filename}" not in key)


@many_examples
@given(
    location=locations,
    key=form_keys,
    content_type=printable,
    max_size=st.integers(1, 5 * 2**30),
    lifetime=lifetimes,
)
def test_a_post_form_has_the_fields_of_botocore(
    location: Location, key: str, content_type: str, max_size: int, lifetime: int
) -> None:
    now, theirs = botocore_form(location, key, content_type, max_size, lifetime)
    ours = our_signer(*location).sign_form(
        key,
        bucket=BUCKET,
        conditions=[["content-length-range", 1, max_size]],
        fields={"Content-Type": content_type},
        lifetime=lifetime,
        now=now,
    )
    assert ours.url == theirs["url"]
    assert list(ours.fields.items()) == list(theirs["fields"].items())


def a_form(signer: Signer, key: str = KEY, content_type: str = "image/png") -> SignedForm:
    return signer.sign_form(
        key,
        bucket=BUCKET,
        conditions=[["content-length-range", 1, 1000]],
        fields={"Content-Type": content_type, "x-amz-meta-a": "b"},
        lifetime=900,
        now=NOW,
    )


def test_the_policy_of_a_form_covers_every_field_that_the_form_sends() -> None:
    form = a_form(our_signer(token=TOKEN))
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    exact = {name: value for c in policy["conditions"] if isinstance(c, dict) for name, value in c.items()}
    sent = {name: value for name, value in form.fields.items() if name not in ("policy", "x-amz-signature")}
    assert exact == {**sent, "bucket": BUCKET}
    assert ["content-length-range", 1, 1000] in policy["conditions"]
    assert policy["expiration"] == "2026-02-04T00:14:58Z"


def test_a_form_key_with_a_filename_placeholder_is_rejected() -> None:
    with pytest.raises(ValueError, match="filename"):
        a_form(our_signer(), "staging/${filename}")


def a_put(signer: Signer, lifetime: int = 900, now: datetime = NOW, key: str = KEY) -> SignedUrl:
    return signer.presign("PUT", key, lifetime=lifetime, now=now, headers={"content-length": "5"})


def a_part(signer: Signer, number: int, lifetime: int = 900, now: datetime = NOW, key: str = KEY) -> str:
    return signer.create_part_signer(key, "id", lifetime=lifetime, now=now, headers={}).presign(number)


@pytest.mark.parametrize("lifetime", [1, 604_800])
def test_the_shortest_and_the_longest_lifetime_of_s3_are_signed(lifetime: int) -> None:
    signed = a_put(our_signer(), lifetime)
    assert query_parameter(signed.url, "X-Amz-Expires") == str(lifetime)
    assert signed.expires_at == NOW + timedelta(seconds=lifetime)


@pytest.mark.parametrize("lifetime", [-5, 0, 604_801])
def test_a_lifetime_outside_the_limits_of_s3_is_rejected(lifetime: int) -> None:
    with pytest.raises(ValueError, match="lifetime"):
        a_put(our_signer(), lifetime)
    with pytest.raises(ValueError, match="lifetime"):
        a_part(our_signer(), 1, lifetime)


def test_the_lifetime_starts_at_the_whole_second_that_is_signed() -> None:
    signed = a_put(our_signer(), 900, NOW + timedelta(microseconds=999_999))
    assert signed.expires_at == signing_time(signed.url) + timedelta(seconds=900)


@pytest.mark.parametrize(
    ("left", "seconds", "until"),
    [
        (timedelta(seconds=901), 900, timedelta(seconds=900)),
        (timedelta(seconds=900), 900, timedelta(seconds=900)),
        (timedelta(seconds=60, milliseconds=900), 60, timedelta(seconds=60)),
        (timedelta(milliseconds=300), 1, timedelta(milliseconds=300)),
    ],
)
def test_a_signature_expires_no_later_than_its_credentials(
    left: timedelta, seconds: int, until: timedelta
) -> None:
    signer = our_signer(token=TOKEN, expires_at=(NOW + left).astimezone(TWO_HOURS_EAST))
    signed, form = a_put(signer), a_form(signer)
    parts = signer.create_part_signer(KEY, "id", lifetime=900, now=NOW, headers={})
    expiration = json.loads(base64.b64decode(form.fields["policy"]))["expiration"]
    assert (
        query_parameter(signed.url, "X-Amz-Expires")
        == query_parameter(parts.presign(1), "X-Amz-Expires")
        == str(seconds)
    )
    assert signed.expires_at == parts.expires_at == form.expires_at == NOW + until
    assert datetime.fromisoformat(expiration) == (NOW + until).replace(microsecond=NOW.microsecond)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(milliseconds=1), timedelta(days=1)])
def test_expired_credentials_sign_nothing(ago: timedelta) -> None:
    now = NOW + timedelta(milliseconds=500)
    signer = our_signer(token=TOKEN, expires_at=now - ago)
    with pytest.raises(CredentialsExpired):
        a_put(signer, now=now)


@pytest.mark.parametrize("now", [NOW.replace(tzinfo=None), NOW.astimezone(TWO_HOURS_EAST)])
def test_a_time_that_is_not_utc_is_rejected(now: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        a_put(our_signer(), now=now)


def test_the_cached_signing_key_follows_the_day() -> None:
    one_signer = our_signer()
    for now in (NOW, NOW + timedelta(seconds=2), NOW, NOW + timedelta(days=365)):
        assert a_put(one_signer, now=now) == a_put(our_signer(), now=now)
        assert a_part(one_signer, 7, now=now) == a_part(our_signer(), 7, now=now)


@pytest.mark.parametrize("key", ["", "a\rb", "a\n", "\0", "a\x7f", "a\x9bb", "\ud800"])
def test_a_key_that_is_empty_or_contains_a_control_character_is_rejected(key: str) -> None:
    with pytest.raises(ValueError, match=r"control|empty"):
        a_put(our_signer(), key=key)
    with pytest.raises(ValueError, match=r"control|empty"):
        a_part(our_signer(), 1, key=key)
    with pytest.raises(ValueError, match=r"control|empty"):
        a_form(our_signer(), key)


def test_a_control_character_in_a_header_a_parameter_or_a_field_is_rejected() -> None:
    with pytest.raises(ValueError, match="control"):
        our_signer().presign("PUT", KEY, lifetime=1, now=NOW, headers={"content-type": "a/b\r\nhost: x"})
    with pytest.raises(ValueError, match="control"):
        our_signer().presign("GET", KEY, lifetime=1, now=NOW, query={"versionId": "a\nb"})
    with pytest.raises(ValueError, match="control"):
        a_form(our_signer(), content_type="a/b\r\n")


@pytest.mark.parametrize("number", [-1, 0, 10_001])
def test_a_part_number_outside_the_limits_of_s3_is_rejected(number: int) -> None:
    with pytest.raises(ValueError, match="part number"):
        a_part(our_signer(), number)


def test_no_repr_shows_a_secret() -> None:
    signer = our_signer(token=TOKEN)
    parts = signer.create_part_signer(KEY, "id", lifetime=900, now=NOW, headers={})
    signed, form = a_put(signer), a_form(signer)
    shown = repr([Credentials(ACCESS_KEY, SECRET_KEY, TOKEN), signer, parts, signed, form])
    signatures = [
        query_parameter(signed.url, "X-Amz-Signature"),
        form.fields["x-amz-signature"],
        form.fields["policy"],
    ]
    assert not [secret for secret in [SECRET_KEY, TOKEN, signed.url, *signatures] if secret in shown]
