"""ZIP archives and the formats based on ZIP, detected from the head or with the tail."""

import io
import zipfile
from random import Random

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


def with_comment(file: bytes, comment: bytes) -> bytes:
    buffer = io.BytesIO(file)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = comment
    return buffer.getvalue()


def test_a_tail_contains_the_end_record_before_the_longest_comment() -> None:
    file = with_comment(archive_larger_than_the_head({"notes.txt": b"x"}), b"c" * 65_535)
    assert file[-TAIL_BYTES:].startswith(b"PK\x05\x06")


END = b"PK\x05\x06" + bytes(18)
"""The end record of an archive without members, which a comment may contain."""
MACROS = {**office("word", "document.xml"), "word/vbaProject.bin": b"x"}
JAR = {"META-INF/MANIFEST.MF": b"x", "Main.class": b"x"}


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param(b"c" * 65_500, id="long"),
        pytest.param(b"c" * 65_478 + END, id="with an end record"),
        pytest.param(b"c" * 65_478 + END[:-2] + b"\1\0", id="with an end record that does not fit"),
    ],
)
@pytest.mark.parametrize(
    "members",
    [
        pytest.param(MACROS, id="document with macros"),
        pytest.param(office("word", "document.xml"), id="document"),
        pytest.param(JAR, id="JAR"),
        pytest.param({"notes.txt": b"hi"}, id="ZIP"),
    ],
)
def test_an_archive_whose_comment_is_in_the_place_of_its_directory_is_suspicious(
    members: dict[str, bytes], comment: bytes
) -> None:
    assert detect(with_comment(archive_larger_than_the_head(members), comment)).name == "suspicious"


def test_a_document_whose_head_shows_all_but_its_macros_is_suspicious_too() -> None:
    image = Random(1).randbytes(HEAD_BYTES)
    file = zipped({**office("word", "document.xml"), "word/image.png": image, "word/vbaProject.bin": b"x"})
    assert sniff(file[:HEAD_BYTES]).name == "docx"
    assert detect(with_comment(file, b"c" * 65_500)).name == "suspicious"


@pytest.mark.parametrize(
    ("members", "name"), [(MACROS, "docm"), (office("word", "document.xml"), "docx"), (JAR, "jar")]
)
@pytest.mark.parametrize("comment", [b"c", b"c" * 60_000, b"c" * 1_000 + END])
def test_a_comment_that_leaves_the_directory_in_the_tail_does_not_matter(
    members: dict[str, bytes], name: str, comment: bytes
) -> None:
    file = with_comment(archive_larger_than_the_head(members), comment)
    assert detect(file).name == name


@pytest.mark.parametrize(
    ("comment", "name"),
    [(b"", "zip"), (b"c" * 40, "zip"), (b"c" * 1_024, "zip"), (b"c" * 1_025, "suspicious")],
)
def test_an_archive_of_many_members_may_have_a_comment_such_as_that_of_git(comment: bytes, name: str) -> None:
    file = archive_larger_than_the_head({f"source/{index:032}": b"" for index in range(1_000)})
    assert detect(with_comment(file, comment)).name == name


@pytest.mark.parametrize(("comment", "name"), [(b"", "pptx"), (b"c", "suspicious")])
def test_a_document_of_many_members_has_no_comment(comment: bytes, name: str) -> None:
    slides = {f"ppt/slides/slide{n}.xml": b"<s/>" for n in range(3000)}
    file = archive_larger_than_the_head(
        {**office("ppt", "presentation.xml"), **slides, "docProps/a.xml": b""}
    )
    assert detect(with_comment(file, comment)).name == name
