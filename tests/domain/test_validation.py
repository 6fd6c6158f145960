"""A valid upload request becomes a document, an invalid one an error."""

from datetime import timedelta
from typing import Any

import pytest

from functions.domain.callers import Caller
from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.kinds import MAX_SINGLE_PUT, Kinds
from functions.domain.parts import DEFAULT_PART, MAX_OBJECT, MAX_PART, MAX_PARTS, MIB, MIN_PART
from functions.domain.validation import UploadRequest, create_document
from tests.examples import KINDS, LIFETIMES, NOW, OWNER, an_id

SHA256 = "0123456789abcdef" * 4


def request(**changes: Any) -> UploadRequest:
    values: dict[str, Any] = {"file_name": "cat.png", "size": 100, "content_type": "image/png"}
    return UploadRequest(**values | changes)


def validate(kinds: Kinds = KINDS, **changes: Any) -> Document:
    return create(request(**changes), kinds)


def create(valid_request: UploadRequest, kinds: Kinds, part_size: int = DEFAULT_PART) -> Document:
    return create_document(
        valid_request,
        kinds,
        caller=Caller(OWNER),
        document_id=an_id(),
        now=NOW,
        lifetimes=LIFETIMES,
        part_size=part_size,
    )


def rejection(**changes: Any) -> AirlockError:
    with pytest.raises(AirlockError) as error:
        validate(**changes)
    return error.value


def validate_large(
    size: int, part_size: int = DEFAULT_PART, wish: int | None = None, **changes: Any
) -> Document:
    """Returns the document under a kind that accepts every size of S3. `wish` is the part size of the request."""
    kinds = Kinds({"data": {"content_types": ["image/png"], "max_bytes": MAX_OBJECT, "forms": True}})
    large_request = request(**{"size": size, "part_size": wish} | changes)
    return create(large_request, kinds, part_size)


def test_a_valid_request_becomes_a_pending_document() -> None:
    document = validate(title="A cat", metadata={"case": "17"}, sha256=SHA256)
    assert document == Document(
        owner=OWNER,
        id=an_id(),
        file_name="cat.png",
        title="A cat",
        kind="image",
        size=100,
        declared_content_type="image/png",
        declared_sha256=SHA256,
        method=Method.PUT,
        metadata={"case": "17"},
        created_at=NOW,
        updated_at=NOW,
        upload_deadline=NOW + timedelta(hours=1),
        history=(HistoryEntry(Status.PENDING, NOW),),
        reserved_bytes=100,
    )


def test_the_default_title_is_the_file_name() -> None:
    assert validate(file_name="../../cat.png").title == "cat.png"


def test_the_content_type_is_stored_under_its_canonical_name() -> None:
    document = validate(file_name="a.jpg", content_type="IMAGE/JPG; q=1")
    assert document.declared_content_type == "image/jpeg"


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_file_is_too_small(size: int) -> None:
    error = rejection(size=size)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("size_too_small", "size")


def test_a_size_above_the_limit_of_the_kind_is_too_large() -> None:
    error = rejection(size=1001)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("file_too_large", "size")


@pytest.mark.parametrize("method", [Method.PUT, Method.POST])
def test_a_size_above_the_limit_of_a_put_requires_multipart(method: Method) -> None:
    validate_large(MAX_SINGLE_PUT, method=method)
    with pytest.raises(InvalidInput) as error:
        validate_large(MAX_SINGLE_PUT + 1, method=method)
    assert (error.value.code, error.value.field) == ("multipart_required", "size")


def test_a_size_above_ten_thousand_parts_is_too_large_for_any_kind() -> None:
    with pytest.raises(InvalidInput):
        validate_large(MAX_OBJECT + 1)


@pytest.mark.parametrize(
    ("size", "sha256", "method"),
    [
        (1, None, Method.PUT),
        (DEFAULT_PART, None, Method.PUT),
        (DEFAULT_PART + 1, None, Method.MULTIPART),
        (DEFAULT_PART + 1, SHA256, Method.PUT),
        (MAX_SINGLE_PUT, SHA256, Method.PUT),
        (MAX_OBJECT, None, Method.MULTIPART),
    ],
)
def test_without_a_method_the_best_one_is_chosen(size: int, sha256: str | None, method: Method) -> None:
    assert validate_large(size, sha256=sha256).method is method


def test_a_multipart_upload_has_a_plan_and_others_have_none() -> None:
    assert validate_large(DEFAULT_PART * 3, method=Method.MULTIPART).part_size == DEFAULT_PART
    assert validate_large(1, method=Method.MULTIPART).plan.part_count == 1
    assert validate_large(DEFAULT_PART, method=Method.PUT).part_size is None


@pytest.mark.parametrize("part_size", [MIN_PART, MAX_PART])
def test_a_deployer_chooses_the_size_of_parts_and_with_it_what_needs_parts(part_size: int) -> None:
    assert validate_large(part_size, part_size).method is Method.PUT
    document = validate_large(part_size + 1, part_size)
    assert (document.method, document.part_size) == (Method.MULTIPART, part_size)


@pytest.mark.parametrize(
    ("wish", "part_size"),
    [(8 * MIB, 8 * MIB), (1, MIN_PART), (1 << 53, MAX_PART), (None, DEFAULT_PART)],
)
def test_the_parts_are_as_large_as_the_client_wishes_within_the_limits_of_s3(
    wish: int | None, part_size: int
) -> None:
    document = validate_large(MAX_PART + 1, part_size=DEFAULT_PART, wish=wish)
    assert (document.method, document.part_size) == (Method.MULTIPART, part_size)


def test_a_file_that_needs_larger_parts_than_wished_gets_them() -> None:
    document = validate_large(MAX_OBJECT, wish=8 * MIB)
    assert (document.part_size, document.plan.part_count) == (MAX_PART, MAX_PARTS)


def test_a_file_of_more_than_one_part_of_the_wished_size_is_uploaded_in_parts() -> None:
    assert validate_large(8 * MIB, wish=8 * MIB).method is Method.PUT
    assert validate_large(8 * MIB + 1, wish=8 * MIB).method is Method.MULTIPART
    assert validate_large(8 * MIB + 1, wish=8 * MIB, sha256=SHA256).method is Method.PUT
    assert validate_large(DEFAULT_PART + 1, wish=MAX_PART).method is Method.PUT


@pytest.mark.parametrize("method", [Method.PUT, Method.POST])
def test_only_an_upload_in_parts_has_a_part_size(method: Method) -> None:
    with pytest.raises(InvalidInput) as error:
        validate_large(100, method=method, wish=8 * MIB)
    assert (error.value.code, error.value.field) == ("validation_failed", "partSize")


def test_requests_that_differ_only_in_the_part_size_are_equal() -> None:
    assert request(part_size=8 * MIB).fingerprint() == request().fingerprint()
    assert request(part_size=8 * MIB, title="A cat").fingerprint() != request().fingerprint()


@pytest.mark.parametrize("content_type", ["", " ", "application/octet-stream"])
def test_a_request_without_a_content_type_has_that_of_its_extension(content_type: str) -> None:
    assert validate(content_type=content_type).declared_content_type == "image/png"


def test_a_form_requires_a_kind_with_forms() -> None:
    assert validate(method=Method.POST).method is Method.POST
    error = rejection(method=Method.POST, kind="photo", content_type="image/jpeg", file_name="a.jpg")
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("form_not_allowed", "method")


@pytest.mark.parametrize(
    ("steps", "area"), [(["scan"], "scan/"), (["check", "scan"], "scan/"), (["check"], "")]
)
def test_files_of_a_kind_that_lists_scan_go_to_their_own_area(steps: list[str], area: str) -> None:
    image = {"content_types": ["image/png"], "max_bytes": 1000, "steps": steps}
    kinds = Kinds({"image": image, "steps": {"check": {}, "scan": {}}})
    document = create(request(), kinds)
    assert document.staging_area == area


def test_part_checksums_require_multipart() -> None:
    assert validate_large(1, method=Method.MULTIPART, part_checksums=True).part_checksums
    assert rejection(part_checksums=True).code == "checksum_invalid"


@pytest.mark.parametrize("name", ["", "...", " . ", "x" * 256])
def test_an_empty_or_too_long_file_name_is_rejected(name: str) -> None:
    assert rejection(file_name=name).code == "filename_invalid"


@pytest.mark.parametrize("name", ["a\r\nb.png", "a\x00.png", "a\udc80.png"])
def test_a_file_name_with_control_characters_is_rejected(name: str) -> None:
    assert rejection(file_name=name).code == "filename_invalid"


@pytest.mark.parametrize(
    ("name", "stored"), [("../../x", "x"), (r"C:\x", "x"), ("x\u202egnp.exe.png", "xgnp.exe.png")]
)
def test_a_deceptive_file_name_is_cleaned(name: str, stored: str) -> None:
    assert validate(file_name=name).file_name == stored


def test_a_content_type_that_no_kind_accepts_is_rejected() -> None:
    error = rejection(content_type="text/html", file_name="a.html")
    assert isinstance(error, InvalidInput)
    assert error.code == "content_type_not_allowed"


def test_a_content_type_that_is_no_media_type_is_rejected() -> None:
    error = rejection(content_type="png")
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("validation_failed", "contentType")


def test_an_extension_that_contradicts_the_type_is_rejected() -> None:
    error = rejection(file_name="cat.pdf")
    assert isinstance(error, InvalidInput)
    assert error.code == "extension_mismatch"


def test_an_extension_of_another_type_of_the_kind_is_accepted_unless_its_types_are_strict() -> None:
    assert validate(file_name="cat.jpg").declared_content_type == "image/png"
    types = {"content_types": ["image/png", "image/jpeg"], "max_bytes": 1000}
    strict = Kinds({"image": types | {"strict_types": True}})
    with pytest.raises(InvalidInput) as error:
        validate(file_name="cat.jpg", kinds=strict)
    assert error.value.code == "extension_mismatch"


@pytest.mark.parametrize("sent", ["", "application/octet-stream"])
def test_without_a_type_the_extension_decides(sent: str) -> None:
    assert validate(file_name="cat.PNG", content_type=sent).declared_content_type == "image/png"
    assert rejection(file_name="cat.unheard-of", content_type=sent).code == "content_type_not_allowed"


def test_a_kind_of_octet_streams_takes_them_whatever_their_extension() -> None:
    kinds = Kinds(
        {"any": {"content_types": ["application/octet-stream"], "max_bytes": 1000, "unchecked": True}}
    )
    for name in ("cat.png", "cat", "cat.unheard-of"):
        document = validate(file_name=name, content_type="", kinds=kinds)
        assert document.declared_content_type == "application/octet-stream"


def test_the_charset_of_a_text_is_stored_with_its_type() -> None:
    text: dict[str, Any] = {"file_name": "a.txt", "size": 9}
    declared = validate(**text, content_type="text/plain;charset=ISO-8859-1").declared_content_type
    assert declared == "text/plain; charset=iso-8859-1"


def test_the_extension_is_that_of_the_stored_name() -> None:
    assert rejection(file_name="cat.e\u200bxe").code == "extension_mismatch"
    assert validate(file_name="cat.pn\u200bg").file_name == "cat.png"


@pytest.mark.parametrize(
    "sha256", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n", "\u0661" * 64]
)
def test_a_checksum_that_is_not_64_lower_case_hex_digits_is_rejected(sha256: str) -> None:
    error = rejection(sha256=sha256)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("checksum_invalid", "sha256")


@pytest.mark.parametrize("method", [Method.POST, Method.MULTIPART])
def test_a_checksum_of_the_whole_file_requires_put(method: Method) -> None:
    assert rejection(sha256=SHA256, method=method).code == "checksum_invalid"
    assert validate(method=method).method is method


def test_equal_requests_have_equal_fingerprints() -> None:
    one = request(metadata={"a": "1", "b": "2"})
    other = request(metadata={"b": "2", "a": "1"})
    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"file_name": "dog.png"},
        {"size": 101},
        {"content_type": "image/jpeg"},
        {"kind": "image"},
        {"title": "A cat"},
        {"sha256": SHA256},
        {"method": Method.POST},
        {"part_checksums": True},
        {"metadata": {"a": "1"}},
    ],
)
def test_every_field_of_a_request_changes_its_fingerprint(change: dict[str, Any]) -> None:
    assert request(**change).fingerprint() != request().fingerprint()
