"""Formats that a deployment may add, active ones, and texts and files that only resemble them."""

from random import Random

import pytest

from functions.detection import HEAD_BYTES, Format, Range, find_range, formats, sniff
from functions.domain.file_types import TYPES
from tests.detection.detect import detect
from tests.detection.file_samples import SAMPLES, office, zipped
from tests.detection.more_samples import MAIL, MORE_SAMPLES, TABLES, font, ole, woff2

FORMATS = [entry for entry in vars(formats).values() if isinstance(entry, Format)]
ACTIVE = (
    *(
        "application/x-msi",
        "application/vnd.android.package-archive",
        "application/msix",
        "application/x-dex",
    ),
    *("application/vnd.debian.binary-package", "application/x-rpm", "application/x-xar", "multipart/related"),
    *("application/x-chrome-extension", "application/x-shockwave-flash", "application/vnd.ms-htmlhelp"),
    *("application/x-ms-shortcut", "application/x-mswinurl", "application/x-ms-scf", "application/x-desktop"),
    *("text/x-ms-regedit", "application/hta", "font/x-svg-opentype"),
)


@pytest.mark.parametrize("sample", MORE_SAMPLES)
def test_every_format_is_detected(sample: str) -> None:
    content_type, file = MORE_SAMPLES[sample]
    found = detect(file)
    assert found.content_type == content_type
    assert found.active == (content_type in ACTIVE)
    assert content_type in TYPES


def test_each_format_is_detected_in_a_sample() -> None:
    files = [*SAMPLES.values(), *(file for _, file in MORE_SAMPLES.values())]
    detected = [detect(file) for file in files]
    rare = (formats.SUSPICIOUS, formats.SCALAR, formats.MARKUP, formats.HTML_PART)
    assert [found for found in FORMATS if found not in detected and found not in rare] == []


@pytest.mark.parametrize(
    "text",
    [
        "Getting started with G and more Gs\n" + "G" * 2000,
        "ORC is a format.\n",
        "FORM OF AIFF\n",
        "true\nfalse\n",
        "OTTO is a name.\n",
        "8BPS is a signature.\n",
        "AC1027 is a version.\n",
        "CWS means something.\n",
        "FLV is old.\n",
        "Cr24 is chromium.\n",
        "MScF\n",
        "glTF is a model.\n",
        "wOFF and wOF2\n",
        "ttcf is a collection.\n",
        "AT&TFORMER\n",
        "dex\n0 is a line.\n",
        "xar! he said.\n",
        "BEGIN:VEVENT\n",
        "Note: this is no mail.\n",
        "From: somebody\n\nand nothing else\n",
        "From the beginning.\n",
        "Subject: a title\nAuthor: Ada\n",
        "[Shell]\nname=value\n",
        "[section]\nInternetShortcut=1\n",
        "See [InternetShortcut] files.\n\n[InternetShortcut]\nURL=x\n",
        "[1] [InternetShortcut] is a section\n",
        "# [Desktop Entry]\n",
        "# Desktop files\n\n```ini\n[Desktop Entry]\nName=Cats\n```\n",
        "SIMPLE  = maybe\n",
        "bplis\n",
        "#!AMR is no shebang\n"[1:],
    ],
)
def test_text_that_resembles_a_format_is_text(text: str) -> None:
    assert detect(text.encode()).content_type in ("text/plain", "text/csv")


@pytest.mark.parametrize(
    "sample",
    [
        name
        for name, (_, file) in MORE_SAMPLES.items()
        if detect(file).content_type.startswith(("text/", "message/"))
    ],
)
def test_calendars_contacts_and_mail_may_be_text_unless_they_are_active(sample: str) -> None:
    found = detect(MORE_SAMPLES[sample][1])
    assert ("text/*" in found.also) == (not found.active)


@pytest.mark.parametrize(
    ("file", "content_type"),
    [
        (b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + bytes(8) + b"x" * 40, "application/octet-stream"),
        (b"\xff\x0a plain text in an old encoding\n", "text/plain"),
        (font(b"\0\1\0\0", b"\0\0\0\0"), "application/octet-stream"),
        (b"\0\1\0\0\0\0" + bytes(40), "application/octet-stream"),
        (b"G" + b"\x01" * 900, "application/octet-stream"),
        (b"\x5d\0\0" + b"\xff" * 40, "application/octet-stream"),
        (b"\x1f\x9d\x01" + b"\xff" * 40, "application/octet-stream"),
    ],
)
def test_a_weak_signature_alone_is_no_format(file: bytes, content_type: str) -> None:
    assert detect(file).content_type == content_type


@pytest.mark.parametrize("at", [0, 1, 5, 7, 8])
def test_the_directory_of_an_ole_file_is_read_where_its_header_says(at: int) -> None:
    file = ole("WordDocument", directory_at=at)
    head = file[:HEAD_BYTES]
    further = find_range(head, len(file))
    assert further == (Range(512 * (at + 1), 16_384) if len(file) > len(head) else None)
    assert detect(file).content_type == "application/msword"


def test_a_directory_behind_the_end_of_an_ole_file_is_not_read() -> None:
    head = ole("WordDocument", directory_at=1_000)[:HEAD_BYTES]
    assert find_range(head, 100_000) is None
    assert sniff(head, b"", 100_000).content_type == "application/x-ole-storage"


def test_a_stream_of_a_document_within_a_document_with_a_password_does_not_matter() -> None:
    assert detect(ole("WordDocument", "EncryptedPackage")) is formats.ENCRYPTED


def test_macros_that_only_the_directory_of_the_archive_shows_are_found() -> None:
    noise = Random(7).randbytes(9000)
    members = {**office("word", "document.xml"), "word/media/image1.png": noise, "word/vbaProject.bin": noise}
    file = zipped(members, streamed=True)
    head = file[:HEAD_BYTES]
    assert sniff(head, b"", len(file)) is formats.DOCX
    assert find_range(head, len(file)) is not None
    assert detect(file) is formats.DOCM


def test_a_plain_archive_with_a_file_of_macros_is_an_archive() -> None:
    assert detect(zipped({"vbaProject.bin": b"x", "notes.txt": b"hi"})) is formats.ZIP
    assert detect(zipped({"AndroidManifest.xml": b"x", "src/Main.java": b"x"})) is formats.ZIP
    assert "application/zip" in detect(zipped({"doc.kml": b"x"})).also


def test_no_cut_font_or_ole_file_raises() -> None:
    for file in (woff2(b"\x3fSVG \x81"), woff2(*[b"\xff"] * 90), font(b"OTTO", *TABLES), ole("Workbook")):
        for length in range(min(len(file), 700)):
            assert isinstance(sniff(file[:length]), Format)


def test_mail_with_a_script_is_saved_as_mail() -> None:
    assert detect(MAIL + b"<html><script>alert(1)</script></html>") is formats.EML
