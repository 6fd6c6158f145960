"""ZIP archives and the formats based on ZIP, detected from the head or with the tail."""

import io
import zipfile

import pytest

from functions.detection import HEAD_BYTES, TAIL_BYTES, Range, find_range, sniff
from tests.detection.detect import detect
from tests.detection.file_samples import SAMPLES, office, zipped

NOISE = bytes(range(255, -1, -1)) * 40


def archive_larger_than_the_head(members: dict[str, bytes]) -> bytes:
    """Returns an archive whose first member fills the head, so that only the tail shows the others."""
    return zipped({"holiday.bin": NOISE, **members}, zipfile.ZIP_STORED)


@pytest.mark.parametrize(
    ("members", "name"),
    [
        (office("word", "document.xml"), "docx"),
        (office("xl", "workbook.xml"), "xlsx"),
        (office("ppt", "presentation.xml"), "pptx"),
        ({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n"}, "jar"),
        ({"notes.txt": b"hi"}, "zip"),
    ],
)
def test_names_that_only_the_tail_contains_are_found(members: dict[str, bytes], name: str) -> None:
    file = archive_larger_than_the_head(members)
    assert find_range(file[:HEAD_BYTES], len(file)) == Range(
        len(file) - TAIL_BYTES if len(file) > TAIL_BYTES else 0, TAIL_BYTES
    )
    assert sniff(file[:HEAD_BYTES]).name == "zip"
    assert detect(file).name == name


@pytest.mark.parametrize("sample", ["odt", "ods", "odp", "epub", "jar"])
def test_a_head_that_shows_the_kind_needs_no_tail(sample: str) -> None:
    padded = SAMPLES[sample].ljust(HEAD_BYTES + 1)
    assert find_range(padded[:HEAD_BYTES], len(padded)) is None
    assert sniff(padded[:HEAD_BYTES]).name == sample


@pytest.mark.parametrize("sample", ["docx", "xlsx", "pptx"])
def test_only_the_tail_shows_that_an_office_document_has_no_macros(sample: str) -> None:
    padded = SAMPLES[sample].ljust(HEAD_BYTES + 1)
    assert find_range(padded[:HEAD_BYTES], len(padded)) == Range(0, TAIL_BYTES)
    assert sniff(padded[:HEAD_BYTES]).name == sample


@pytest.mark.parametrize("sample", sorted(SAMPLES.keys() - {"zip", "docx", "xlsx", "pptx"}))
def test_only_a_zip_needs_a_tail(sample: str) -> None:
    further = find_range(SAMPLES[sample].ljust(HEAD_BYTES, b"\1")[:HEAD_BYTES], 10**9)
    assert further is None or further.start <= HEAD_BYTES


def test_a_zip_that_fits_into_the_head_needs_no_tail() -> None:
    assert find_range(SAMPLES["zip"], len(SAMPLES["zip"])) is None


def test_a_streamed_zip_is_detected() -> None:
    assert detect(zipped(office("xl", "workbook.xml"), streamed=True)).name == "xlsx"
    assert detect(zipped(office("xl", "workbook.xml"), zipfile.ZIP_STORED, streamed=True)).name == "xlsx"


def test_a_zip_that_contains_a_document_is_a_zip() -> None:
    for inner in ("docx", "jar", "odt"):
        assert detect(zipped({"letter": SAMPLES[inner]}, zipfile.ZIP_STORED)).name == "zip"
        assert detect(zipped({"letter": SAMPLES[inner]}, zipfile.ZIP_STORED, streamed=True)).name == "zip"
        assert detect(archive_larger_than_the_head({"letter": SAMPLES[inner]})).name == "zip"


def test_the_head_of_an_uncompressed_archive_shows_its_kind() -> None:
    head = zipped(office("ppt", "presentation.xml"), zipfile.ZIP_STORED)
    assert sniff(head.ljust(HEAD_BYTES)).name == "pptx"


def test_a_member_whose_name_starts_with_mimetype_is_ignored() -> None:
    assert detect(zipped({"mimetypeapplication/epub+zip": b""}, zipfile.ZIP_STORED)).name == "zip"


def test_a_zip_with_a_folder_word_is_a_zip() -> None:
    assert detect(zipped({"word/list.txt": b"hi", "xl/t.txt": b"hi"})).name == "zip"


def test_a_document_whose_directory_exceeds_the_tail_is_detected() -> None:
    slides = {f"ppt/slides/slide{n}.xml": b"<s/>" for n in range(3000)}
    file = archive_larger_than_the_head(
        {**office("ppt", "presentation.xml"), **slides, "docProps/core.xml": b"<c/>"}
    )
    assert zipfile.ZipFile(io.BytesIO(file)).start_dir < len(file) - TAIL_BYTES
    assert detect(file).name == "pptx"


def test_a_tail_contains_the_end_record_before_the_longest_comment() -> None:
    buffer = io.BytesIO(archive_larger_than_the_head({"META-INF/MANIFEST.MF": b"x"}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"c" * 65_535
    file = buffer.getvalue()
    assert file[-TAIL_BYTES:].startswith(b"PK\x05\x06")
    assert detect(file).name == "zip"
