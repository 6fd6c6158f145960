"""The content of a download: the original, or a rendition with a name of its own."""

import pytest

from functions.domain.content import StoredContent, find_content
from functions.domain.document import Document, Status
from functions.domain.errors import NotFound
from tests.domain.step_examples import SHA256, a_passed_step, a_render_step, rendition_facts
from tests.examples import OWNER, a_document, an_id

ORIGINAL = StoredContent(
    key=f"documents/{OWNER}/{an_id()}",
    version="d1",
    content_type="image/png",
    file_name="cat.png",
    size=70,
    sha256=SHA256,
)


def a_ready_document(**changes: object) -> Document:
    values = {"size": 70, "content_type": "image/png", "sha256": SHA256, "stored_version": "d1"} | changes
    return a_document(status=Status.READY, **values)


def test_without_a_name_the_content_is_the_original() -> None:
    assert find_content(a_ready_document(), None) == ORIGINAL
    assert find_content(a_ready_document(steps=(a_render_step("thumb"),)), None) == ORIGINAL


def test_an_original_without_a_detected_type_is_an_octet_stream() -> None:
    assert find_content(a_ready_document(content_type=None), None).content_type == "application/octet-stream"


def test_the_original_has_the_charset_of_its_document() -> None:
    assert find_content(a_ready_document(content_type="text/csv", charset="utf-8"), None).charset == "utf-8"


def test_a_name_selects_a_rendition_with_its_own_key_version_type_size_and_checksum() -> None:
    facts = {"renditions": {"thumb": rendition_facts(), "large": rendition_facts(99, versionId="r2")}}
    document = a_ready_document(steps=(a_passed_step("render", facts=facts),))
    assert find_content(document, "large") == StoredContent(
        key=f"renditions/{OWNER}/{an_id()}/render/large",
        version="r2",
        content_type="image/webp",
        file_name="cat-large.webp",
        size=99,
        sha256=SHA256,
    )


def test_without_an_original_the_first_rendition_stands_for_it() -> None:
    document = a_ready_document(stored_version=None, steps=(a_render_step("thumb", "large"),))
    assert find_content(document, None) == find_content(document, "thumb")
    assert find_content(document, "large").file_name == "cat-large.webp"


@pytest.mark.parametrize("name", ["", "Thumb", "thumb.webp", "render/thumb", "../thumb"])
def test_an_unknown_name_is_not_found(name: str) -> None:
    with pytest.raises(NotFound) as error:
        find_content(a_ready_document(steps=(a_render_step("thumb"),)), name)
    assert error.value.code == "rendition_not_found"


def test_a_document_that_kept_nothing_has_no_content() -> None:
    with pytest.raises(NotFound):
        find_content(a_ready_document(stored_version=None), None)


@pytest.mark.parametrize(
    ("file_name", "rendition", "content_type", "expected"),
    [
        ("cat.png", "thumb", "image/webp", "cat-thumb.webp"),
        ("cat.png", "thumb.jpg", "image/jpeg", "cat-thumb.jpg"),
        ("archive.tar.gz", "list", "text/plain", "archive.tar-list.txt"),
        ("README", "thumb", "image/png", "README-thumb.png"),
        (".profile", "text", "text/plain", ".profile-text.txt"),
        ("Übersicht ☺.pdf", "page-1", "application/x-unknown", "Übersicht ☺-page-1"),
    ],
)
def test_a_rendition_is_named_after_the_file_and_itself(
    file_name: str, rendition: str, content_type: str, expected: str
) -> None:
    facts = {"renditions": {rendition: rendition_facts(contentType=content_type)}}
    document = a_ready_document(file_name=file_name, steps=(a_passed_step("render", facts=facts),))
    assert find_content(document, rendition).file_name == expected
