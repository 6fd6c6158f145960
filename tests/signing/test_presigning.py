"""Which key, which headers and which parameters each presigned request binds; the arithmetic is `test_sigv4`'s."""

import base64
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.detection import Format, formats
from functions.domain.document import Document, Method, Status
from functions.domain.keys import documents_key, staging_key
from functions.domain.kinds import MAX_SINGLE_PUT
from functions.signing.presigning import PresignedPut, sign_download, sign_form, sign_put
from tests.examples import BUCKET, NOW, OWNER, SIGNER, a_document, an_id

SHA256 = "00ff" * 16
STAGED = staging_key(OWNER, an_id())
STORED = documents_key(OWNER, an_id())


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def put(document: Document) -> PresignedPut:
    return sign_put(SIGNER, document, lifetime=900, now=NOW)


def ready(**changes: object) -> Document:
    values = {"content_type": "image/png", "sha256": SHA256, "stored_version": "d+1/="} | changes
    return a_document(status=Status.READY, **values)


def download(document: Document, *, inline: bool = False) -> dict[str, str]:
    return parameters(sign_download(SIGNER, document, inline=inline, lifetime=900, now=NOW).url)


def test_a_put_goes_to_the_staging_key_of_its_document_on_the_regional_host() -> None:
    url = urlsplit(put(a_document()).url)
    assert (url.scheme, url.netloc) == ("https", f"{BUCKET}.s3.eu-west-1.amazonaws.com")
    assert url.path == f"/{STAGED}"


def test_a_put_signs_length_and_type_and_that_nothing_is_there_yet() -> None:
    signed = parameters(put(a_document()).url)["X-Amz-SignedHeaders"]
    assert signed.split(";") == ["content-length", "content-type", "host", "if-none-match"]


def test_a_put_of_known_bytes_signs_their_checksum_too() -> None:
    grant = put(a_document(declared_sha256=SHA256))
    assert "x-amz-checksum-sha256" in parameters(grant.url)["X-Amz-SignedHeaders"].split(";")
    assert base64.b64decode(grant.headers["x-amz-checksum-sha256"]).hex() == SHA256


def test_the_client_is_told_each_signed_header_that_its_http_client_does_not_add_by_itself() -> None:
    grant = put(a_document(declared_sha256=SHA256))
    signed = parameters(grant.url)["X-Amz-SignedHeaders"].split(";")
    assert sorted([*grant.headers, "content-length", "host"]) == signed
    assert grant.headers["content-type"] == "image/png"
    assert grant.headers["if-none-match"] == "*"


@pytest.mark.parametrize(
    "change",
    [{"size": 71}, {"declared_content_type": "image/jpeg"}, {"declared_sha256": "11" * 32}, {"id": an_id(1)}],
)
def test_a_put_of_anything_else_has_another_signature(change: dict[str, object]) -> None:
    one, other = (
        put(a_document(declared_sha256=SHA256)),
        put(a_document(**{"declared_sha256": SHA256} | change)),
    )
    assert parameters(one.url)["X-Amz-Signature"] != parameters(other.url)["X-Amz-Signature"]


def test_a_put_tells_when_it_expires() -> None:
    grant = put(a_document())
    assert parameters(grant.url)["X-Amz-Expires"] == "900"
    assert grant.expires_at == NOW + timedelta(seconds=900)


def test_a_form_may_post_one_key_one_type_and_one_size() -> None:
    form = sign_form(SIGNER, a_document(method=Method.POST, size=70), bucket=BUCKET, lifetime=900, now=NOW)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert {"key": STAGED} in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert {"bucket": BUCKET} in policy["conditions"]
    assert ["content-length-range", 70, 70] in policy["conditions"]
    assert not [entry for entry in policy["conditions"] if "starts-with" in entry]
    assert policy["expiration"] == "2026-05-04T12:15:00Z"


def test_a_form_gives_the_client_every_field_that_its_policy_asks_for() -> None:
    form = sign_form(SIGNER, a_document(method=Method.POST), bucket=BUCKET, lifetime=900, now=NOW)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    asked = {name for entry in policy["conditions"] if isinstance(entry, dict) for name in entry}
    assert asked - {"bucket"} == set(form.fields) - {"policy", "x-amz-signature"}


def test_a_download_is_of_the_promoted_version_and_of_no_other() -> None:
    url = sign_download(SIGNER, ready(), inline=False, lifetime=900, now=NOW).url
    assert urlsplit(url).path == f"/{STORED}"
    assert parameters(url)["versionId"] == "d+1/="


def test_a_download_has_the_detected_type_and_the_uploaded_name() -> None:
    sent = download(ready(file_name="a;b\u00fc.png", declared_content_type="image/x-declared"))
    assert sent["response-content-type"] == "image/png"
    assert sent["response-content-disposition"].startswith('attachment; filename="a;b')
    assert sent["response-content-disposition"].endswith("filename*=UTF-8''a%3Bb%C3%BC.png")


def test_the_header_of_any_name_survives_the_url() -> None:
    name = "Übersicht 2024 \u2013 ключ & 100%+.pdf"
    disposition = download(ready(file_name=name))["response-content-disposition"]
    assert disposition.encode("latin-1").decode().startswith(f'attachment; filename="{name}";')


def test_an_image_is_shown_in_place_only_if_asked_for() -> None:
    assert download(ready())["response-content-disposition"].startswith("attachment;")
    assert download(ready(), inline=True)["response-content-disposition"].startswith("inline;")


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "application/xml", "application/xhtml+xml", "text/xml", "text/csv", None],
)
def test_what_can_run_scripts_or_is_unknown_is_never_shown_in_place(content_type: str | None) -> None:
    sent = download(ready(content_type=content_type), inline=True)
    assert sent["response-content-disposition"].startswith("attachment;")


def test_no_active_format_that_can_be_detected_is_ever_shown_in_place() -> None:
    active = [entry for entry in vars(formats).values() if isinstance(entry, Format) and entry.active]
    assert active
    for entry in active:
        sent = download(ready(content_type=entry.content_type), inline=True)
        assert sent["response-content-disposition"].startswith("attachment;"), entry


def test_a_document_without_a_detected_type_downloads_as_bytes() -> None:
    assert download(ready(content_type=None))["response-content-type"] == "application/octet-stream"


def test_no_url_is_in_the_repr_of_a_grant() -> None:
    assert "X-Amz-Signature" not in repr(put(a_document()))
    form = sign_form(SIGNER, a_document(size=MAX_SINGLE_PUT), bucket=BUCKET, lifetime=900, now=NOW)
    assert form.fields["x-amz-signature"] not in repr(form)
