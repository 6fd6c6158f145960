"""Signatures: variants of a format, coincidences, and disguised files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.detection import HEAD_BYTES, Format, sniff
from tests.detection.detect import detect
from tests.detection.file_samples import (
    SAMPLES,
    gif,
    gif_comment,
    id3,
    jpeg,
    jpeg_segment,
    png,
    png_chunk,
    riff,
)

SUSPICIOUS = Format("suspicious", "application/octet-stream")
NOISE = bytes(range(255, -1, -1)) * 40
ZIP_FAMILY = {"zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "epub", "jar"}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(b"PK\x05\x06" + bytes(18), "zip", id="empty ZIP"),
        pytest.param(b"BZh9\x17rE8P\x90" + bytes(4), "bz2", id="empty bzip2"),
        pytest.param(
            b"\xef\xbb\xbf\r\n" + SAMPLES["pdf"], "pdf", id="PDF behind a byte order mark and a line end"
        ),
        pytest.param(b"#!/usr/bin/env python3\n" + SAMPLES["zip"], "script", id="Python zipapp"),
        pytest.param(b"\n\t#! /bin/sh\n", "script", id="shebang behind whitespace"),
        pytest.param(b"\xef\xbb\xbf#!/bin/sh\n", "script", id="shebang behind a byte order mark"),
        pytest.param(b"<?php system($_GET['c']);", "script", id="PHP"),
        pytest.param(b"<?PHP\n", "script", id="PHP in upper case"),
        pytest.param(b"<?= `id` ?>", "script", id="PHP short tag"),
        pytest.param(b'<%@ page language="java" %>', "script", id="JSP"),
        pytest.param(b"#![no_std]\nfn main() {}\n", "text", id="Rust attribute"),
    ],
)
def test_variants_of_a_format_are_detected(file: bytes, name: str) -> None:
    assert detect(file).name == name


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
        b"A file that starts with %PDF-1.7 is a PDF.\n",
    ],
)
def test_text_that_starts_with_a_signature_is_text(file: bytes) -> None:
    assert detect(file).content_type == "text/plain"


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
        pytest.param(b"junk junk %PDF-1.7\n1 0 obj", id="PDF behind junk"),
        pytest.param(bytes(1000) + b"%PDF-1.7\n", id="PDF behind a thousand zeros"),
        pytest.param(b"%PDF-hello", id="PDF marker without a version"),
        pytest.param(b"%PDF-1.4\n<html><script>alert(1)</script>", id="PDF marker, then HTML"),
        pytest.param(id3(b" <html>"), id="MP3 tag, then HTML"),
        pytest.param(b"PK\x03\x04<html><script>alert(1)</script></html>", id="ZIP signature, then HTML"),
        pytest.param(b"PK\x03\x04", id="ZIP signature, then nothing"),
    ],
)
def test_a_signature_with_other_content_behind_it_is_suspicious(file: bytes) -> None:
    assert detect(file) == SUSPICIOUS


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(
            b"\xff\xfb\x90d<html><script>alert(1)</script>" + b" " * 4000,
            "text",
            id="frame header, then HTML",
        ),
        pytest.param(b"\xff\xfb\x90\0" + b"\x01" * 5000, "binary", id="frame header, then no second frame"),
        pytest.param(
            b"BM\x3a\0\0\0code" + SAMPLES["bmp"][10:], "binary", id="BMP whose reserved bytes are not zero"
        ),
        pytest.param(b"\xff\xf1\x50\x80" + NOISE, "binary", id="ADTS header, then noise"),
        pytest.param(b"<html>" + SAMPLES["tar"][6:], "html", id="tar whose file name is a page"),
        pytest.param(b"BM<html><script>alert(1)</script>", "text", id="BM, then HTML"),
        pytest.param(b"hello <script>alert(1)</script>", "text", id="text, then a script"),
        pytest.param(b"<html>\0\0\0\0", "html", id="HTML, then zeros"),
    ],
)
def test_a_weak_signature_does_not_hide_the_content_behind_it(file: bytes, name: str) -> None:
    assert detect(file).name == name


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
@given(rest=st.binary(max_size=HEAD_BYTES))
def test_a_signature_is_never_detected_as_another_format(prefix: bytes, names: set[str], rest: bytes) -> None:
    assert sniff((prefix + rest)[:HEAD_BYTES]).name in {*names, "suspicious"}
