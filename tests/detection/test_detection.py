"""What the first bytes tell: each format by its own file, each disguise by the file that wears it."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection import HEAD_BYTES, TAIL_BYTES, Format, sniff, wants_tail
from tests.detection.file_samples import (
    SAMPLES,
    XMP,
    aac_frames,
    ebml,
    gif,
    gif_comment,
    id3,
    iso_media,
    jpeg,
    jpeg_segment,
    mp3_frames,
    office,
    png,
    png_chunk,
    riff,
    zipped,
)

OOXML = "application/vnd.openxmlformats-officedocument"
SUSPICIOUS = Format("suspicious", "application/octet-stream")
NOISE = bytes(range(255, -1, -1)) * 40
IMAGES = ("jpeg", "png", "gif", "webp", "avif", "heic", "bmp", "tiff")


def told(file: bytes) -> Format:
    """What a caller learns who reads of `file` what the contract says."""
    head = file[:HEAD_BYTES]
    return sniff(head, file[-TAIL_BYTES:]) if wants_tail(head) else sniff(head)


CONTENT_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "ps": "application/postscript",
    "rtf": "application/rtf",
    "ole": "application/x-ole-storage",
    "docx": f"{OOXML}.wordprocessingml.document",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
    "pptx": f"{OOXML}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "jar": "application/java-archive",
    "gz": "application/gzip",
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "zst": "application/zstd",
    "7z": "application/x-7z-compressed",
    "tar": "application/x-tar",
    "rar": "application/vnd.rar",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "ogg video": "video/ogg",
    "m4a": "audio/mp4",
    "elf": "application/x-elf",
    "exe": "application/vnd.microsoft.portable-executable",
    "class": "application/java-vm",
    "macho": "application/x-mach-binary",
    "macho of two machines": "application/x-mach-binary",
    "wasm": "application/wasm",
    "html": "text/html",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "script": "text/x-script",
    "json": "application/json",
    "csv": "text/csv",
    "text": "text/plain",
    "empty": "application/octet-stream",
    "binary": "application/octet-stream",
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_format_is_told_by_its_bytes(sample: str) -> None:
    active = sample in ("html", "svg", "xml", "script")
    assert told(SAMPLES[sample]) == Format(sample.split()[0], CONTENT_TYPES[sample], active)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(b"MM\0*\0\0\0\x08" + bytes(40), "tiff", id="big-endian TIFF"),
        pytest.param(b"II+\0\x08\0\0\0\x10" + bytes(40), "tiff", id="BigTIFF"),
        pytest.param(png()[:8] + png_chunk(b"CgBI", bytes(4)) + png()[8:], "png", id="Apple's PNG"),
        pytest.param(
            b"\xff\xd8" + jpeg_segment(0xE1, b"Exif\0\0" + bytes(9000)) + jpeg()[2:],
            "jpeg",
            id="JPEG with a large thumbnail",
        ),
        pytest.param(
            b"\xff\xd8\xff\xe1/*Exif\0\0II*\0" + bytes(5000), "jpeg", id="Exif that happens to be 12,074 long"
        ),
        pytest.param(gif()[:10] + bytes(3) + gif()[19:], "gif", id="GIF without a colour table"),
        pytest.param(iso_media(b"mif1", b"mif1", b"heic"), "heic", id="HEIC by a compatible brand"),
        pytest.param(iso_media(b"mif1", b"heic", b"avif"), "avif", id="AVIF by a compatible brand"),
        pytest.param(iso_media(b"dash", b"iso6"), "mp4", id="MP4 of an unlisted brand"),
        pytest.param(iso_media(b"crx ", b"isom"), "binary", id="a camera's raw picture is no film"),
        pytest.param(b"\0\0\0\x08wide\0\0\x10\0mdat" + bytes(40), "mov", id="QuickTime before ftyp"),
        pytest.param(b"RIFX" + riff(b"WAVE", (b"fmt ", bytes(16)))[4:], "wav", id="big-endian WAV"),
        pytest.param(b"RF64" + riff(b"WAVE", (b"ds64", bytes(28)))[4:], "wav", id="WAV past 4 GiB"),
        pytest.param(id3(mp3_frames()), "mp3", id="MP3 behind a tag"),
        pytest.param(id3(aac_frames()), "aac", id="AAC behind a tag"),
        pytest.param(id3(SAMPLES["flac"]), "flac", id="FLAC behind a tag"),
        pytest.param((b"\xff\xf3\x40\xc0" + bytes(100)), "mp3", id="MPEG 2 layer III, 32 kbit/s"),
        pytest.param((b"\xff\xfd\x80\0" + bytes(413)) * 10, "mp3", id="MPEG 1 layer II, 128 kbit/s"),
        pytest.param(ebml(b"other"), "mkv", id="EBML of another type"),
        pytest.param(b"PK\x05\x06" + bytes(18), "zip", id="empty ZIP"),
        pytest.param(b"BZh9\x17rE8P\x90" + bytes(4), "bz2", id="empty bzip2"),
        pytest.param(b"\xef\xbb\xbf\r\n" + SAMPLES["pdf"], "pdf", id="PDF behind a mark and a line end"),
        pytest.param(b"#!/usr/bin/env python3\n" + SAMPLES["zip"], "script", id="Python zipapp"),
        pytest.param(b"\n\t#! /bin/sh\n", "script", id="shebang behind blanks"),
        pytest.param(b"\xef\xbb\xbf#!/bin/sh\n", "script", id="shebang behind a mark"),
        pytest.param(b"<?php system($_GET['c']);", "script", id="PHP"),
        pytest.param(b"<?PHP\n", "script", id="PHP in capitals"),
        pytest.param(b"<?= `id` ?>", "script", id="PHP's short tag"),
        pytest.param(b'<%@ page language="java" %>', "script", id="JSP"),
        pytest.param(b"#![no_std]\nfn main() {}\n", "text", id="Rust is no shebang"),
    ],
)
def test_variants_of_a_format_are_told(file: bytes, name: str) -> None:
    assert told(file).name == name


@pytest.mark.parametrize(
    "file",
    [
        b"BMW is a car.\n",
        b"MZ is a prefix of letters.\n",
        b"ID3 tags come first.\n",
        b"BZhang wrote this.\n",
        b"RIFF and raff.\n",
        b"RIFF was here WAVE.\n",
        b"OggS is a page.\n",
        b"PAR1 is the first part of the story.\n",
        b"The free world.\n",
        b"Say ftyp aloud.\n",
        b"fLaC is lossless.\n",
        b"<3 cats\n",
        b"<ada@example.com> wrote:\n",
        b"<ada> hello\n<bo> hi\n",
        b"a < b and b > c\n",
        b"P\n",
    ],
)
def test_text_that_starts_like_something_else_is_text(file: bytes) -> None:
    assert told(file).name == "text"


# --- disguises ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(b"GIF89a<html><script>alert(1)</script></html>", id="GIF signature, then HTML"),
        pytest.param(b"GIF89a=1;alert(document.domain)//", id="GIF signature, then JavaScript"),
        pytest.param(b"GIF89a/*" + gif()[8:] + b"*/=1;alert(1)", id="GIF whose width opens a comment"),
        pytest.param(b"GIF89a=`" + gif()[8:] + b"`;alert(1)", id="GIF whose width opens a string"),
        pytest.param(b"GIF89a\n=\n1+11;alert(1)", id="GIF signature, then JavaScript on lines"),
        pytest.param(b"GIF87a" + NOISE, id="GIF signature, then noise"),
        pytest.param(b"GIF89a", id="GIF signature, then nothing"),
        pytest.param(gif(gif_comment(b"<script>alert(1)</script>")), id="GIF with a script as comment"),
        pytest.param(
            gif(gif_comment(b"<IMG SRC=x\nonerror = alert(1)>")), id="GIF with a handler as comment"
        ),
        pytest.param(gif(gif_comment(b"<?php system($_GET[0]); ?>")), id="GIF with PHP as comment"),
        pytest.param(b"\x89PNG\r\n\x1a\n<html><body>hi</body></html>", id="PNG signature, then HTML"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + NOISE, id="PNG signature, then noise"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="PNG signature, then nothing"),
        pytest.param(
            png(png_chunk(b"tEXt", b"Comment\0<svg onload=alert(1)>")), id="PNG with SVG as comment"
        ),
        pytest.param(b"\xff\xd8\xff<html><script>alert(1)</script>", id="JPEG signature, then HTML"),
        pytest.param(b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", id="JPEG marker, then HTML"),
        pytest.param(b"\xff\xd8\xff\xdbhello" + b"!" * 40, id="JPEG marker, then text"),
        pytest.param(
            b"\xff\xd8\xff\xe0/*JFIF\0" + bytes(12066) + b"\xff\xfe\0\x1c*/=alert(1)/*",
            id="JPEG and JavaScript",
        ),
        pytest.param(b"\xff\xd8\xff\xe0=1;alert(1)//" + b" " * 5000, id="JPEG whose length is an assignment"),
        pytest.param(b"\xff\xd8\xff\xe0\0\x04\0\0" + NOISE[1:], id="JPEG segment, then noise"),
        pytest.param(b"\xff\xd8\xff\x01\0\x04\0\0\xff\xd9", id="JPEG signature, then no segment"),
        pytest.param(b"\xff\xd8\xff", id="JPEG signature, then nothing"),
        pytest.param(
            jpeg(jpeg_segment(0xFE, b"<ScRiPt\n>alert(1)</script>")), id="JPEG with a script as comment"
        ),
        pytest.param(jpeg(jpeg_segment(0xFE, b"%PDF-1.4\n1 0 obj")), id="JPEG and PDF"),
        pytest.param(b"RIFF\0\0\0\0WEBP<html><script>alert(1)</script>", id="WebP signature, then HTML"),
        pytest.param(b"RIFF=1/*WEBPVP8X" + bytes(40), id="WebP whose size is JavaScript"),
        pytest.param(
            riff(b"WEBP", (b"VP8X", bytes(10)), (b"EXIF", b"<iframe src=//x>")), id="WebP with a frame inside"
        ),
        pytest.param(b"RIFF\0\0\0\0WAVE<script>alert(1)</script>", id="WAV signature, then HTML"),
        pytest.param(b"RIFF/*  AVI LIST" + bytes(40), id="AVI whose size opens a comment"),
        pytest.param(b"BM/*" + SAMPLES["bmp"][4:], id="BMP whose size opens a comment"),
        pytest.param(SAMPLES["bmp"] + b"<html >", id="BMP, then HTML"),
        pytest.param(b"II*\0" + bytes(4) + b"garbage", id="TIFF without a directory"),
        pytest.param(SAMPLES["tiff"] + b"<script>alert(1)</script>", id="TIFF, then a script"),
        pytest.param(SAMPLES["avif"] + b"<!DOCTYPE html><p>", id="AVIF, then HTML"),
        pytest.param(SAMPLES["heic"] + b"<svg:svg onload=x>", id="HEIC, then SVG with a prefix"),
        pytest.param(b"junk junk %PDF-1.7\n", id="PDF behind junk"),
        pytest.param(bytes(1000) + b"%PDF-1.7\n", id="PDF behind a thousand zeros"),
        pytest.param(b"%PDF-hello", id="PDF marker without a version"),
        pytest.param(b"%PDF-1.4\n<html><script>alert(1)</script>", id="PDF marker, then HTML"),
        pytest.param(id3(b" <html>"), id="MP3 tag, then HTML"),
        pytest.param(b"PK\x03\x04<html><script>alert(1)</script></html>", id="ZIP signature, then HTML"),
        pytest.param(b"PK\x03\x04", id="ZIP signature, then nothing"),
    ],
)
def test_a_signature_with_something_else_behind_it_is_suspicious(file: bytes) -> None:
    assert told(file) == SUSPICIOUS


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(gif(b"!\xff\x0bXMP DataXMP" + XMP + b"\x01\xff\0\0"), id="gif"),
        pytest.param(png(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)), id="png"),
        pytest.param(jpeg(jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)), id="jpeg"),
        pytest.param(riff(b"WEBP", (b"VP8X", bytes(10)), (b"XMP ", XMP)), id="webp"),
        pytest.param(SAMPLES["tiff"] + XMP, id="tiff"),
        pytest.param(SAMPLES["pdf"] + XMP, id="pdf"),
    ],
)
def test_xmp_metadata_is_not_suspicious(file: bytes, request: pytest.FixtureRequest) -> None:
    assert told(file).name == request.node.callspec.id


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(
            b"\xff\xfb\x90d<html><script>alert(1)</script>" + b" " * 4000,
            "html",
            id="frame header, then HTML",
        ),
        pytest.param(b"\xff\xfb\x90\0" + b"\x01" * 5000, "binary", id="frame header, then no second frame"),
        pytest.param(
            b"BM\x3a\0\0\0code" + SAMPLES["bmp"][10:], "binary", id="BMP whose reserved bytes are not zero"
        ),
        pytest.param(b"\xff\xf1\x50\x80" + NOISE, "binary", id="ADTS header, then noise"),
        pytest.param(b"<script>" + SAMPLES["tar"][8:], "html", id="tar whose file name is a script"),
        pytest.param(b"BM<html><script>alert(1)</script>", "html", id="BM, then HTML"),
        pytest.param(b"hello <script>alert(1)</script>", "html", id="text, then a script"),
        pytest.param(b"<html>\0\0\0\0", "html", id="HTML, then zeros"),
    ],
)
def test_a_weak_signature_does_not_hide_what_stands_behind_it(file: bytes, name: str) -> None:
    assert told(file).name == name


# --- markup ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<!DOCTYPE html><p>hi", "html"),
        ("<!doctype HTML", "html"),
        ("<HTML>", "html"),
        ("<ScRiPt>alert(1)</sCrIpT>", "html"),
        ("<script/src=//x>", "html"),
        ("<iframe\nsrc=x>", "html"),
        ("<h1>Hello</h1>", "html"),
        ("<img src=x onerror=alert(1)>", "html"),
        ("<!-- a comment --><html>", "html"),
        ("<!-- a comment and nothing that a browser knows", "html"),
        ("<!-- one --> <!-- two -->\n<!DOCTYPE html>", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML"><html xmlns="x">', "html"),
        ('<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"/>', "html"),
        ("<svg/onload=alert(1)>", "svg"),
        ("<SVG xmlns='x'>", "svg"),
        ('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<svg xmlns="x">', "svg"),
        ('<?xml version="1.0"?><!-- Generator: x --><svg>', "svg"),
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd"><svg>', "svg"),
        ('<!DOCTYPE svg [ <!ENTITY a "&#60;"> ]><svg>', "svg"),
        ("<!DOCTYPE x [ <!ENTITY a '>'> ]>\n<svg:svg xmlns:svg='x'>", "svg"),
        ("<!-- Generator:\nx -->\n<svg>", "svg"),
        ('<?xml version="1.0"?><?xml-stylesheet href="x.css"?><svg>', "svg"),
        ('<?xml version="1.0"?><note/>', "xml"),
        ("<?xml-stylesheet href='x.xsl'?><note>", "xml"),
        ("<!DOCTYPE note><note>hi", "xml"),
        ("<!DOCTYPE note SYSTEM 'note.dtd'><note>hi</note>", "xml"),
        ("<note><to>Bo</to></note>", "xml"),
        ("<rss version='2.0'/>", "xml"),
        ("<?xml version='1.0'?><!-- a comment without an end", "xml"),
    ],
)
def test_markup_is_named_behind_any_mark_and_blanks(markup: str, name: str) -> None:
    for text in (markup, " \r\n\t\f" + markup):
        assert sniff(text.encode()).name == name
        assert sniff(text.encode("utf-8-sig")).name == name
        assert sniff(b"\xff\xfe" + text.encode("utf-16-le")).name == name
        assert sniff(b"\xfe\xff" + text.encode("utf-16-be")).name == name
    assert sniff(markup.encode("utf-16-le")).name == name
    assert sniff(markup.encode("utf-16-be")).name == name
    assert sniff(markup.encode()).active


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("<!-- toc -->\n# Cats\n\nSome text.\n", "text"),
        ("<!-- one -->\n<!-- two -->\n\n- a list with <b>bold</b> text\n", "text"),
        ("<!-- toc -->\n# Cats\n<script>alert(1)</script>", "html"),
        ("<!-- " + "x" * 1100 + " -->\ntext, then <ScRiPt>alert(1)</script>", "html"),
        ("<!-- toc -->\ntext <img src=x onerror=alert(1)>", "html"),
        ("<!-- toc -->\n<3 cats", "html"),
        ("<!-- toc -->\n<p align=center>Cats</p>", "html"),
        ("<!-- toc -->", "html"),
        ("<p align=center>\n\n# Cats\n", "html"),
    ],
)
def test_text_behind_a_comment_is_text_unless_a_browser_could_run_some_of_it(content: str, name: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert sniff(content.encode(encoding)).name == name


def test_a_long_comment_does_not_hide_that_markup_is_active() -> None:
    assert sniff((b"<!--" + b" " * HEAD_BYTES)[:HEAD_BYTES]).active


# --- ZIP and what is one inside -------------------------------------------------------------------------------


def large(members: dict[str, bytes]) -> bytes:
    """An archive whose first member fills the head, so that the others are seen in the tail only."""
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
def test_names_that_only_the_tail_has_are_found(members: dict[str, bytes], name: str) -> None:
    file = large(members)
    assert wants_tail(file[:HEAD_BYTES])
    assert sniff(file[:HEAD_BYTES]).name == "zip"
    assert told(file).name == name


@pytest.mark.parametrize("sample", ["docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar"])
def test_a_head_that_settles_the_kind_wants_no_tail(sample: str) -> None:
    padded = SAMPLES[sample].ljust(HEAD_BYTES + 1)
    assert not wants_tail(padded[:HEAD_BYTES])
    assert sniff(padded[:HEAD_BYTES]).name == sample


@pytest.mark.parametrize("sample", sorted(SAMPLES.keys() - {"zip"}))
def test_only_a_zip_wants_a_tail(sample: str) -> None:
    assert not wants_tail(SAMPLES[sample].ljust(HEAD_BYTES + 1)[:HEAD_BYTES])


def test_a_small_zip_is_read_as_a_whole_and_wants_no_tail() -> None:
    assert not wants_tail(SAMPLES["zip"])


def test_a_zip_written_as_a_stream_is_told() -> None:
    assert told(zipped(office("xl", "workbook.xml"), streamed=True)).name == "xlsx"
    assert told(zipped(office("xl", "workbook.xml"), zipfile.ZIP_STORED, streamed=True)).name == "xlsx"


def test_a_document_inside_a_zip_is_not_taken_for_the_zip() -> None:
    for inner in ("docx", "jar", "odt"):
        assert told(zipped({"letter": SAMPLES[inner]}, zipfile.ZIP_STORED)).name == "zip"
        assert told(zipped({"letter": SAMPLES[inner]}, zipfile.ZIP_STORED, streamed=True)).name == "zip"
        assert told(large({"letter": SAMPLES[inner]})).name == "zip"


def test_a_head_settles_the_kind_of_an_archive_that_compresses_nothing() -> None:
    head = zipped(office("ppt", "presentation.xml"), zipfile.ZIP_STORED)
    assert sniff(head.ljust(HEAD_BYTES)).name == "pptx"


def test_a_member_whose_name_only_starts_with_mimetype_tells_nothing() -> None:
    assert told(zipped({"mimetypeapplication/epub+zip": b""}, zipfile.ZIP_STORED)).name == "zip"


def test_a_folder_that_is_called_word_makes_no_document() -> None:
    assert told(zipped({"word/list.txt": b"hi", "xl/t.txt": b"hi"})).name == "zip"


def test_a_document_with_more_members_than_the_tail_holds_is_told() -> None:
    slides = {f"ppt/slides/slide{n}.xml": b"<s/>" for n in range(3000)}
    file = large({**office("ppt", "presentation.xml"), **slides, "docProps/core.xml": b"<c/>"})
    assert zipfile.ZipFile(io.BytesIO(file)).start_dir < len(file) - TAIL_BYTES
    assert told(file).name == "pptx"


def test_a_tail_holds_the_directory_behind_the_longest_comment() -> None:
    buffer = io.BytesIO(large({"META-INF/MANIFEST.MF": b"x"}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"c" * 65_535
    file = buffer.getvalue()
    assert file[-TAIL_BYTES:].startswith(b"PK\x05\x06")
    assert told(file).name == "zip"


# --- text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"[]", "json", id="empty array"),
        pytest.param(b" {\n}", "json", id="empty object"),
        pytest.param(b'[1, -2.5e+3, true, false, null, "a\\"b"]', "json", id="array of everything"),
        pytest.param(b'{"a": 1}\n{"a": 2}\n', "json", id="lines of JSON"),
        pytest.param(b'{"page": "<script>alert(1)</script>"}', "json", id="markup in a JSON string"),
        pytest.param(b"\xef\xbb\xbf{}", "json", id="JSON behind a mark"),
        pytest.param(
            ('{"name": "' + "é" * 5000 + '"}').encode()[:HEAD_BYTES], "json", id="JSON cut in a string"
        ),
        pytest.param((b'{"a": [' + b"false, " * 700)[:HEAD_BYTES], "json", id="JSON cut in a word"),
        pytest.param(b"[section]\nkey=value\n", "text", id="INI"),
        pytest.param(b"[2024-01-01 12:00:00] INFO started\n", "text", id="log"),
        pytest.param(b"{not json}\n", "text", id="braces"),
        pytest.param(b"[1] See the appendix.\n", "text", id="footnote"),
        pytest.param(b"123\n", "text", id="a number"),
        pytest.param(b'"hello"\n', "text", id="a quotation"),
        pytest.param(b"x" * 1100 + b" %PDF-1.7", "text", id="text that names PDF far from its start"),
        pytest.param(b"a;b\n1;2", "csv", id="semicolons, last line without an end"),
        pytest.param(b"a\tb\r\n1\t2\r\n", "csv", id="tabs"),
        pytest.param(b"a|b\n1|2\n", "csv", id="bars"),
        pytest.param(
            b'name,note\nAda,"one, two\nthree"\nBo,"say ""hi, there"""\n', "csv", id="quoted commas and lines"
        ),
        pytest.param((b"name,age\n" + b"Ada,9\n" * 999)[:HEAD_BYTES], "csv", id="CSV cut in a line"),
        pytest.param("имя,лик\nЯн,9\n".encode("cp1251"), "csv", id="CSV in a single-byte encoding"),
        pytest.param("a,b\n1,2\n".encode("utf-16"), "csv", id="CSV in UTF-16"),
        pytest.param(b"a,b\n", "text", id="one line is no table"),
        pytest.param(b"a,b\n1,2,3\n", "text", id="lines of different length"),
        pytest.param(b"one\ntwo\n", "text", id="no delimiter"),
        pytest.param("日本語のテキスト。".encode() * 200, "text", id="UTF-8"),
        pytest.param("日本語".encode() * 2000, "text", id="UTF-8 in one line"),
        pytest.param("Grüße aus Köln\n".encode("latin-1"), "text", id="Latin-1"),
        pytest.param("Привет, мир\n".encode("cp866"), "text", id="DOS Cyrillic"),
        pytest.param("Grüße".encode("utf-16"), "text", id="UTF-16"),
        pytest.param(b"\x1b[1mbold\x1b[0m\n", "text", id="terminal colours"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"hello\0world", "binary", id="a zero byte"),
        pytest.param(b"hello\x07", "binary", id="a control character"),
        pytest.param("a\0b".encode("utf-16"), "binary", id="a zero in UTF-16"),
        pytest.param(b"\xff\xfe\x00\xd8a\0", "binary", id="half a pair in UTF-16"),
        pytest.param(b"\xfe\xfd\xfc\xfb" * 100, "binary", id="high bytes only"),
    ],
)
def test_text_is_told_apart(content: bytes, name: str) -> None:
    assert told(content).name == name


def test_a_character_cut_at_the_end_of_the_head_is_still_text() -> None:
    text = ("ж" * HEAD_BYTES).encode()
    for cut in range(HEAD_BYTES - 4, HEAD_BYTES + 1):
        assert sniff(text[:cut]).name == "text"
        assert sniff(("\ufeff" + "😀" * HEAD_BYTES).encode("utf-16-le")[:cut]).name == "text"


# --- real files -----------------------------------------------------------------------------------------------


def test_the_interpreter_is_a_program() -> None:
    assert told(Path(sys.executable).resolve().read_bytes()).name in ("elf", "exe", "macho")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.py", {"text", "script", "csv"}),
        ("ensurepip/_bundled/*.whl", {"zip"}),
        ("idlelib/Icons/*.png", {"png"}),
        ("idlelib/Icons/*.gif", {"gif"}),
        ("lib-dynload/*.so", {"elf", "macho"}),
    ],
)
def test_the_files_of_the_standard_library_are_told(pattern: str, names: set[str]) -> None:
    files = list(Path(io.__file__).parent.glob(pattern))
    if not files:
        pytest.skip(f"this Python came without {pattern}")
    assert {told(file.read_bytes()).name for file in files} <= names


# --- any bytes ------------------------------------------------------------------------------------------------

anything = st.binary(max_size=HEAD_BYTES)
samples = st.sampled_from([sample for sample in SAMPLES.values() if sample])
ZIP_FAMILY = {"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar"}


@given(anything, anything)
def test_no_bytes_raise(head: bytes, tail: bytes) -> None:
    assert isinstance(sniff(head, tail), Format)
    assert wants_tail(head) in (True, False)


@given(samples, st.data())
def test_no_cut_and_no_damage_raises(sample: bytes, data: st.DataObject) -> None:
    at, until = (data.draw(st.integers(0, len(sample))) for _ in range(2))
    damaged = sample[:at] + data.draw(st.binary(max_size=64)) + sample[until:]
    tail = damaged[data.draw(st.integers(0, len(damaged))) :]
    assert isinstance(sniff(damaged[:HEAD_BYTES], tail), Format)
    assert wants_tail(damaged.ljust(HEAD_BYTES, b"\0")) in (True, False)


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        (b"\xff\xd8\xff", {"jpeg"}),
        (b"\x89PNG\r\n\x1a\n", {"png"}),
        (b"GIF87a", {"gif"}),
        (b"GIF89a", {"gif"}),
        (b"RIFF\x24\0\0\0WEBP", {"webp"}),
        (b"RIFF\x24\0\0\0WAVEfmt ", {"wav"}),
        (b"RIFF\x24\0\0\0AVI LIST", {"avi"}),
        (b"\0\0\0\x1cftypavif", {"avif"}),
        (b"\0\0\0\x1cftypheic", {"heic"}),
        (b"\0\0\0\x1cftypisom", {"mp4"}),
        (b"\0\0\0\x1cftypqt  ", {"mov"}),
        (b"\0\0\0\x1cftypM4A ", {"m4a"}),
        (b"II*\0", {"tiff"}),
        (b"MM\0*", {"tiff"}),
        (b"%PDF-", {"pdf"}),
        (b"%!PS", {"ps"}),
        (b"{\\rtf", {"rtf"}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {"ole"}),
        (b"PK\x03\x04", ZIP_FAMILY),
        (b"\x1f\x8b\x08", {"gz"}),
        (b"BZh91AY&SY", {"bz2"}),
        (b"\xfd7zXZ\0", {"xz"}),
        (b"(\xb5/\xfd", {"zst"}),
        (b"7z\xbc\xaf\x27\x1c", {"7z"}),
        (b"Rar!\x1a\x07", {"rar"}),
        (b"PAR1\x15", {"parquet"}),
        (b"SQLite format 3\0", {"sqlite"}),
        (b"\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm", {"webm"}),
        (b"\x1a\x45\xdf\xa3", {"mkv", "webm"}),
        (b"OggS\0", {"ogg"}),
        (b"fLaC\0\0\0\x22", {"flac"}),
        (b"ID3\x03\0\0\0\0\0\0", {"mp3", "aac", "flac"}),
        (b"\x7fELF", {"elf"}),
        (b"MZ\0", {"exe"}),
        (b"\xca\xfe\xba\xbe", {"class", "macho"}),
        (b"\xcf\xfa\xed\xfe", {"macho"}),
        (b"\0asm\x01\0\0\0", {"wasm"}),
        (b"#!/", {"script"}),
        (b"<!DOCTYPE html>", {"html"}),
        (b"<?php ", {"script"}),
    ],
)
@given(rest=anything)
def test_a_signature_is_never_taken_for_another_format(prefix: bytes, names: set[str], rest: bytes) -> None:
    assert sniff((prefix + rest)[:HEAD_BYTES]).name in {*names, "suspicious"}


@given(
    st.sampled_from(IMAGES),
    st.sampled_from(
        [b"<script>", b"<SVG onload=x>", b"<html>", b"<iFrame ", b"<!doctype  html>", b"<body\n", b"<?php\t"]
    ),
    st.integers(0, 3900),
)
def test_active_content_anywhere_in_the_head_of_an_image_is_suspicious(
    image: str, markup: bytes, gap: int
) -> None:
    sample = SAMPLES[image]
    assert sniff((sample + bytes(gap) + markup)[:HEAD_BYTES]).name in (
        {"suspicious"} if len(sample) + gap + len(markup) <= HEAD_BYTES else {image}
    )


@given(st.sampled_from(["<html>", "<script>", "<svg>", "<!DOCTYPE html>", "<iframe src=x>"]), st.data())
def test_no_spelling_hides_markup(markup: str, data: st.DataObject) -> None:
    spelled = "".join(data.draw(st.sampled_from((c.lower(), c.upper()))) for c in markup)
    blanks = data.draw(st.text(" \t\r\n\f", max_size=500))
    comment = data.draw(st.sampled_from(("", "<!---->", "<!-- <p> -- > -->\n")))
    encoding = data.draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16")))
    page = (blanks + comment + spelled + data.draw(st.text(max_size=500))).encode(encoding, "replace")
    assert sniff(page).name in ("html", "svg")
