"""Creates of forms whose file is not known yet."""

import pytest

from functions.domain.callers import Caller
from functions.domain.codes import Code
from functions.domain.document import UNNAMED, Document, Method
from functions.domain.errors import InvalidInput
from functions.domain.validation import UploadRequest, create_document
from tests.examples import KINDS, LIFETIMES, NOW, OWNER, an_id

FORM: dict[str, object] = {"kind": "image", "method": Method.POST, "max_size": 900}
ORIGINS = frozenset({"https://app.example.com"})


def validate(**changes: object) -> Document:
    request = UploadRequest(**FORM | changes)  # type: ignore[arg-type]
    return create_document(
        request,
        KINDS,
        caller=Caller(OWNER),
        document_id=an_id(),
        now=NOW,
        lifetimes=LIFETIMES,
        part_size=1 << 26,
        redirect_origins=ORIGINS,
    )


def rejection(**changes: object) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as error:
        validate(**changes)
    return error.value.code, error.value.field


def test_a_form_reserves_the_largest_size_and_has_no_name_and_no_type() -> None:
    document = validate()
    assert (document.size, document.max_size, document.reserved_bytes) == (900, 900, 900)
    assert (document.file_name, document.title) == (UNNAMED, UNNAMED)
    assert document.declared_content_type == "application/octet-stream"


def test_a_form_may_have_a_name_and_an_address_to_lead_back_to() -> None:
    document = validate(file_name="passport.png", success_redirect="https://app.example.com/sent")
    assert (document.file_name, document.title) == ("passport.png", "passport.png")
    assert document.success_redirect == "https://app.example.com/sent"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": None}, Code.VALIDATION_FAILED, "kind"),
        ({"kind": "unknown"}, Code.VALIDATION_FAILED, "kind"),
        ({"kind": "photo"}, Code.FORM_NOT_ALLOWED, "method"),
        ({"method": None}, Code.VALIDATION_FAILED, "method"),
        ({"method": Method.PUT}, Code.VALIDATION_FAILED, "method"),
        ({"size": 10}, Code.VALIDATION_FAILED, "size"),
        ({"content_type": "image/png"}, Code.VALIDATION_FAILED, "contentType"),
        ({"max_size": 0}, Code.SIZE_TOO_SMALL, "maxSize"),
        ({"max_size": 1 << 50}, Code.FILE_TOO_LARGE, "maxSize"),
        ({"sha256": "a" * 64}, Code.CHECKSUM_INVALID, "sha256"),
        ({"part_size": 1 << 26}, Code.VALIDATION_FAILED, "partSize"),
        ({"part_checksums": True}, Code.CHECKSUM_INVALID, "partChecksums"),
        ({"file_name": "a\nb"}, Code.FILENAME_INVALID, "fileName"),
        ({"success_redirect": "https://evil.example"}, Code.REDIRECT_NOT_ALLOWED, "successRedirect"),
    ],
)
def test_what_a_form_cannot_have_is_refused(changes: dict[str, object], code: Code, field: str) -> None:
    assert rejection(**changes) == (code, field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"size": 10, "method": Method.PUT}, "fileName"),
        ({"file_name": "a.png", "method": Method.PUT}, "size"),
        ({}, "size"),
    ],
)
def test_every_other_upload_needs_a_name_and_a_size(changes: dict[str, object], field: str) -> None:
    assert rejection(max_size=None, **changes) == (Code.VALIDATION_FAILED, field)


def test_only_a_form_leads_to_another_page() -> None:
    put = {"method": Method.PUT, "max_size": None, "size": 10, "file_name": "a.png"}
    assert rejection(success_redirect="https://app.example.com/", **put) == (
        Code.VALIDATION_FAILED,
        "successRedirect",
    )
    assert (
        validate(**put | {"method": Method.POST, "success_redirect": "https://app.example.com/"}).max_size
        is None
    )


def test_a_create_without_these_fields_keeps_its_fingerprint() -> None:
    request = UploadRequest(file_name="cat.png", size=100, content_type="image/png")
    assert request.fingerprint() == "369c1c45dd690f2938045ab8ebabaf4228c839833d09564adf8fdd65ab0e8137"
    assert UploadRequest(max_size=1).fingerprint() != UploadRequest(max_size=2).fingerprint()
