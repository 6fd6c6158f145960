"""The key, the headers and the parameters that each presigned request signs. `test_sigv4.py` tests the signatures."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.detection import Format, formats
from functions.domain.content import find_content
from functions.domain.document import UNNAMED, Document, Method, Status
from functions.domain.filename import clean
from functions.domain.keys import SCAN_AREA, documents_key, renditions_prefix, staging_key
from functions.domain.kinds import MAX_SINGLE_PUT
from functions.signing.credentials import Credentials
from functions.signing.endpoint import Endpoint
from functions.signing.presigning import (
    PresignedPut,
    sign_compact,
    sign_download,
    sign_form,
    sign_parts,
    sign_put,
)
from functions.signing.sigv4 import SignedForm, Signer
from tests.domain.step_examples import a_render_step
from tests.examples import BUCKET, NOW, OWNER, SIGNER, a_document, an_id

SHA256 = "00ff" * 16
STAGED = staging_key(OWNER, an_id())
STORED = documents_key(OWNER, an_id())


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def signed_headers(url: str) -> list[str]:
    return parameters(url)["X-Amz-SignedHeaders"].split(";")


def presign_put(document: Document) -> PresignedPut:
    return sign_put(SIGNER, document, lifetime=900, now=NOW)


def ready_document(**changes: object) -> Document:
    values = {"content_type": "image/png", "sha256": SHA256, "stored_version": "d+1/="} | changes
    return a_document(status=Status.READY, **values)


def multipart_document() -> Document:
    return a_document(method=Method.MULTIPART, size=25, part_size=10, upload_id="u1")


def presign_download(document: Document, *, rendition: str | None = None, inline: bool = False) -> str:
    content = find_content(document, rendition)
    return sign_download(SIGNER, content, inline=inline, lifetime=900, now=NOW).url


def download_parameters(document: Document, *, inline: bool = False) -> dict[str, str]:
    return parameters(presign_download(document, inline=inline))


def test_a_put_goes_to_the_staging_key_of_its_document_on_the_regional_host() -> None:
    url = urlsplit(presign_put(a_document()).url)
    assert (url.scheme, url.netloc) == ("https", f"{BUCKET}.s3.eu-west-1.amazonaws.com")
    assert url.path == f"/{STAGED}"


def test_bytes_that_are_scanned_go_to_their_own_area() -> None:
    area, key = SCAN_AREA, staging_key(OWNER, an_id(), SCAN_AREA)
    put = presign_put(a_document(staging_area=area))
    document = replace(multipart_document(), staging_area=area)
    [part] = sign_parts(SIGNER, document, [1], {}, lifetime=900, now=NOW).parts
    assert urlsplit(put.url).path == urlsplit(part.url).path == f"/{key}"
    form = sign_form(SIGNER, a_document(staging_area=area), bucket=BUCKET, lifetime=300, now=NOW)
    assert form.fields["key"] == key


def test_a_put_signs_length_type_and_if_none_match() -> None:
    signed = signed_headers(presign_put(a_document()).url)
    assert signed == ["content-length", "content-type", "host", "if-none-match"]


def test_a_put_with_a_declared_checksum_signs_the_checksum() -> None:
    presigned = presign_put(a_document(declared_sha256=SHA256))
    assert "x-amz-checksum-sha256" in signed_headers(presigned.url)
    assert base64.b64decode(presigned.headers["x-amz-checksum-sha256"]).hex() == SHA256


def test_the_client_gets_all_signed_headers_except_content_length_and_host() -> None:
    presigned = presign_put(a_document(declared_sha256=SHA256))
    assert sorted([*presigned.headers, "content-length", "host"]) == signed_headers(presigned.url)
    assert presigned.headers["content-type"] == "image/png"
    assert presigned.headers["if-none-match"] == "*"


@pytest.mark.parametrize(
    "change",
    [{"size": 71}, {"declared_content_type": "image/jpeg"}, {"declared_sha256": "11" * 32}, {"id": an_id(1)}],
)
def test_a_put_of_another_document_has_another_signature(change: dict[str, object]) -> None:
    one = presign_put(a_document(declared_sha256=SHA256))
    other = presign_put(a_document(**{"declared_sha256": SHA256} | change))
    assert parameters(one.url)["X-Amz-Signature"] != parameters(other.url)["X-Amz-Signature"]


def test_a_put_has_an_expiry() -> None:
    presigned = presign_put(a_document())
    assert parameters(presigned.url)["X-Amz-Expires"] == "900"
    assert presigned.expires_at == NOW + timedelta(seconds=900)


def test_a_form_allows_exactly_one_key_type_and_size() -> None:
    form = sign_form(SIGNER, a_document(method=Method.POST, size=70), bucket=BUCKET, lifetime=900, now=NOW)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert {"key": STAGED} in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert {"bucket": BUCKET} in policy["conditions"]
    assert ["content-length-range", 70, 70] in policy["conditions"]
    assert not [entry for entry in policy["conditions"] if "starts-with" in entry]
    assert policy["expiration"] == "2026-05-04T12:15:00Z"


def test_a_form_contains_every_field_that_its_policy_requires() -> None:
    form = sign_form(SIGNER, a_document(method=Method.POST), bucket=BUCKET, lifetime=900, now=NOW)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    required = {name for entry in policy["conditions"] if isinstance(entry, dict) for name in entry}
    assert required - {"bucket"} == set(form.fields) - {"policy", "x-amz-signature"}


def an_open_form(**changes: object) -> SignedForm:
    values = {"file_name": UNNAMED, "size": 900, "max_size": 900, "method": Method.POST}
    document = a_document(**values | {"declared_content_type": "application/octet-stream"} | changes)
    return sign_form(SIGNER, document, bucket=BUCKET, lifetime=900, now=NOW)


def read_conditions(form: SignedForm) -> list[object]:
    conditions: list[object] = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    return conditions


def test_a_form_for_an_unknown_file_allows_one_key_any_size_up_to_its_maximum_and_any_name() -> None:
    form = an_open_form()
    conditions = read_conditions(form)
    assert ["content-length-range", 1, 900] in conditions
    assert {"key": STAGED} in conditions
    assert {"Content-Type": "application/octet-stream"} in conditions
    assert [entry for entry in conditions if "starts-with" in str(entry)] == [
        ["starts-with", "$x-amz-meta-file-name", ""]
    ]
    assert form.fields["x-amz-meta-file-name"] == "${filename}"


def test_a_form_for_a_file_with_a_name_asks_for_none() -> None:
    form = an_open_form(file_name="passport.png")
    assert "starts-with" not in str(read_conditions(form))
    assert "x-amz-meta-file-name" not in form.fields


def test_a_form_leads_to_exactly_one_page_instead_of_201() -> None:
    form = an_open_form(success_redirect="https://app.example.com/sent")
    assert {"success_action_redirect": "https://app.example.com/sent"} in read_conditions(form)
    assert "success_action_status" not in form.fields
    assert an_open_form().fields["success_action_status"] == "201"


def test_each_part_url_signs_the_exact_length_of_its_part() -> None:
    batch = sign_parts(SIGNER, multipart_document(), [1, 3], {}, lifetime=900, now=NOW)
    assert [(part.part_number, part.size) for part in batch.parts] == [(1, 10), (3, 5)]
    for part in batch.parts:
        query = {"partNumber": str(part.part_number), "uploadId": "u1"}
        expected = SIGNER.presign(
            "PUT", STAGED, query=query, headers={"content-length": str(part.size)}, lifetime=900, now=NOW
        )
        assert (part.url, part.headers, batch.expires_at) == (expected.url, {}, expected.expires_at)


def test_a_part_with_a_checksum_signs_the_checksum() -> None:
    [part] = sign_parts(SIGNER, multipart_document(), [1], {1: SHA256}, lifetime=900, now=NOW).parts
    assert signed_headers(part.url) == ["content-length", "host", "x-amz-checksum-sha256"]
    assert base64.b64decode(part.headers["x-amz-checksum-sha256"]).hex() == SHA256


def test_compact_signatures_complete_the_template_to_the_part_urls() -> None:
    document, numbers = multipart_document(), [1, 2, 3]
    batch = sign_parts(SIGNER, document, numbers, {}, lifetime=900, now=NOW)
    compact = sign_compact(SIGNER, document, numbers, lifetime=900, now=NOW)
    urls = [
        compact.url_template.replace("{partNumber}", str(number)).replace("{signature}", signature)
        for number, signature in compact.signatures.items()
    ]
    assert urls == [part.url for part in batch.parts]
    assert compact.expires_at == batch.expires_at


def test_a_download_names_the_promoted_version() -> None:
    url = presign_download(ready_document())
    assert urlsplit(url).path == f"/{STORED}"
    assert parameters(url)["versionId"] == "d+1/="


def test_a_download_of_a_rendition_names_the_version_that_the_result_named() -> None:
    document = ready_document(steps=(a_render_step("thumb"),))
    url = presign_download(document, rendition="thumb")
    assert urlsplit(url).path == f"/{renditions_prefix(OWNER, an_id())}render/thumb"
    assert parameters(url)["versionId"] == "r1"
    assert parameters(url)["response-content-type"] == "image/webp"


def test_a_download_has_the_detected_type_and_the_uploaded_file_name() -> None:
    document = ready_document(file_name="a;b\u00fc.png", declared_content_type="image/x-declared")
    sent = download_parameters(document)
    assert sent["response-content-type"] == "image/png"
    assert sent["response-content-disposition"].startswith('attachment; filename="a;b')
    assert sent["response-content-disposition"].endswith("filename*=UTF-8''a%3Bb%C3%BC.png")


def test_a_non_ascii_file_name_survives_the_url() -> None:
    name = "Übersicht 2024 \u2013 ключ & 100%+.png"
    disposition = download_parameters(ready_document(file_name=name))["response-content-disposition"]
    assert disposition.encode("latin-1").decode().startswith(f'attachment; filename="{name}";')


@pytest.mark.parametrize("character", ["\u5bb6", "\U0001f600", "\u00e9", "%", "x"])
def test_a_download_url_stays_below_4_kb_whatever_the_name(character: str) -> None:
    """The longest bucket name, the longest type of the table, and a session token of 1.2 kB."""
    credentials = Credentials("A" * 20, "secret", "IQoJb3JpZ2luX2Vj+/=" * 64)
    signer = Signer(credentials, "ap-southeast-2", Endpoint.for_bucket("b" * 63, "ap-southeast-2", None))
    content_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    document = ready_document(
        file_name=clean(character * 50 + character * (200 // len(character.encode()))) + ".pptx",
        stored_version="v" * 32,
        content_type=content_type,
    )
    url = sign_download(signer, find_content(document, None), inline=False, lifetime=900, now=NOW).url
    assert len(url) < 4_096


def test_an_image_is_displayed_inline_only_on_request() -> None:
    document = ready_document()
    attached, inline = download_parameters(document), download_parameters(document, inline=True)
    assert attached["response-content-disposition"].startswith("attachment;")
    assert inline["response-content-disposition"].startswith("inline;")


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "application/xml", "application/xhtml+xml", "text/xml", "text/csv", None],
)
def test_types_that_run_scripts_or_are_unknown_are_never_inline(content_type: str | None) -> None:
    sent = download_parameters(ready_document(content_type=content_type), inline=True)
    assert sent["response-content-disposition"].startswith("attachment;")


def test_no_active_format_is_ever_inline() -> None:
    active = [entry for entry in vars(formats).values() if isinstance(entry, Format) and entry.active]
    assert active
    for entry in active:
        sent = download_parameters(ready_document(content_type=entry.content_type), inline=True)
        assert sent["response-content-disposition"].startswith("attachment;"), entry


def test_text_is_served_with_its_charset_and_nothing_else_is() -> None:
    text = ready_document(content_type="text/plain", charset="utf-8")
    for inline in (True, False):
        sent = download_parameters(text, inline=inline)
        assert sent["response-content-type"] == "text/plain; charset=utf-8"
    assert download_parameters(text, inline=True)["response-content-disposition"].startswith("inline;")
    unknown = ready_document(content_type="text/plain")
    assert download_parameters(unknown)["response-content-type"] == "text/plain"
    image = ready_document(content_type="image/png", charset="utf-8")
    assert download_parameters(image)["response-content-type"] == "image/png"


@pytest.mark.parametrize(
    "content_type", ["text/markdown", "text/csv", "application/json", "text/x-python", "model/stl"]
)
def test_text_other_than_plain_text_and_unchecked_types_are_never_inline(content_type: str) -> None:
    sent = download_parameters(ready_document(content_type=content_type, charset="utf-8"), inline=True)
    assert sent["response-content-disposition"].startswith("attachment;")


def test_a_download_without_a_detected_type_is_an_octet_stream() -> None:
    sent = download_parameters(ready_document(content_type=None))
    assert sent["response-content-type"] == "application/octet-stream"


def test_no_presigned_request_shows_its_url_or_signature_in_its_repr() -> None:
    document = multipart_document()
    put = presign_put(a_document())
    form = sign_form(SIGNER, a_document(size=MAX_SINGLE_PUT), bucket=BUCKET, lifetime=900, now=NOW)
    batch = sign_parts(SIGNER, document, [1], {}, lifetime=900, now=NOW)
    compact = sign_compact(SIGNER, document, [1], lifetime=900, now=NOW)
    content = find_content(ready_document(), None)
    download = sign_download(SIGNER, content, inline=False, lifetime=900, now=NOW)
    text = repr([put, form, batch, compact, download])
    assert "X-Amz-Signature" not in text
    assert form.fields["x-amz-signature"] not in text
    assert compact.signatures[1] not in text
