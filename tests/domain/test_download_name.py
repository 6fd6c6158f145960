"""The name under which a download is saved: safe on Windows, and with an extension of the detected type."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.download_name import choose_download_name
from functions.domain.filename import MAX_BYTES, extension
from functions.domain.media_types import find_extension, is_usual_extension
from tests.domain.test_filename import any_text, clean_or_skip, special_text

CHECKED_TYPES = ["image/png", "image/jpeg", "application/pdf", "application/zip", "video/mp4", "audio/mpeg"]
PROGRAMS = [
    "scr",
    "exe",
    "com",
    "pif",
    "bat",
    "cmd",
    "ps1",
    "vbs",
    "js",
    "jse",
    "wsf",
    "hta",
    "lnk",
    "url",
    "scf",
    "chm",
    "msi",
]
windows_text = st.text(st.sampled_from('aé. :$*?"<>|\u5bb6connulaux1DAT'), max_size=60)


@pytest.mark.parametrize(
    ("name", "content_type", "saved"),
    [
        ("evil.scr", "image/png", "evil.scr.png"),
        ("evil.hta", "text/plain", "evil.hta.txt"),
        ("evil.bat", "text/plain", "evil.bat.txt"),
        ("evil.ps1", "text/plain", "evil.ps1.txt"),
        ("evil.SCR", "image/png", "evil.SCR.png"),
        ("evil.scr. . ", "image/png", "evil.scr.png"),
        ("evil.scr::$DATA", "image/png", "evil.scr.png"),
        (".exe", "image/png", ".exe.png"),
        (".bat", "text/plain", ".bat.txt"),
        ("desktop.ini", "text/plain", "desktop.ini.txt"),
        ("page.html", "text/plain", "page.html.txt"),
        ("logo.svg", "application/xml", "logo.svg.xml"),
        ("IMG_1.HEIC", "image/jpeg", "IMG_1.HEIC.jpg"),
        ("report.final", "application/pdf", "report.final.pdf"),
        ("evil.scr", "application/x-unknown", "evil.scr.bin"),
        ("evil.html", "application/octet-stream", "evil.html.bin"),
        ("notes.txt", "text/plain; charset=utf-8", "notes.txt"),
    ],
)
def test_the_extension_agrees_with_the_detected_type(name: str, content_type: str, saved: str) -> None:
    assert choose_download_name(name, content_type) == saved


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("cat.jpeg", "image/jpeg"),
        ("cat.JPG", "image/jpeg"),
        ("cat.jfif", "image/jpeg"),
        ("a.tgz", "application/gzip"),
        ("a.tar.gz", "application/gzip"),
        ("page.htm", "text/html"),
        ("README.md", "text/plain"),
        ("README.md", "text/markdown"),
        ("README", "text/plain"),
        ("server.log", "text/plain"),
        ("config.yaml", "text/plain"),
        ("table.csv", "text/plain"),
        ("voice.opus", "audio/ogg"),
        (".profile", "text/plain"),
        ("model.step", "application/x-unknown"),
        ("photo.png", "application/octet-stream"),
        ("concert.png", "image/png"),
        ("com.example.zip", "application/zip"),
    ],
)
def test_an_honest_name_stays(name: str, content_type: str) -> None:
    assert choose_download_name(name, content_type) == name


@pytest.mark.parametrize(
    ("name", "content_type", "saved"),
    [
        ("CON.png", "image/png", "_CON.png"),
        ("con .png", "image/png", "_con .png"),
        ("nul", "text/plain", "_nul"),
        ("com1.tar.gz", "application/gzip", "_com1.tar.gz"),
        ("LPT\u00b2.txt", "text/plain", "_LPT\u00b2.txt"),
        ("trailing.png.", "image/png", "trailing.png"),
        ("trailing.png . .", "image/png", "trailing.png"),
        ("x.png::$DATA", "image/png", "x.png"),
        ("x.png:hidden:$DATA", "image/png", "x.png"),
        ("12:30.txt", "text/plain", "12_30.txt"),
        ('What? "this" <that>|*.txt', "text/plain", "What_ _this_ _that___.txt"),
        ("::$DATA", "text/plain", "_"),
    ],
)
def test_windows_can_save_the_name(name: str, content_type: str, saved: str) -> None:
    assert choose_download_name(name, content_type) == saved


def test_a_name_that_gets_an_extension_has_at_most_255_bytes() -> None:
    saved = choose_download_name("\u5bb6" * 83 + ".scr", "image/png")
    assert saved == "\u5bb6" * 83 + ".s.png"
    assert len(saved.encode()) <= MAX_BYTES


@pytest.mark.parametrize("suffix", PROGRAMS)
@pytest.mark.parametrize("content_type", [*CHECKED_TYPES, "text/plain", "application/x-unknown"])
def test_no_program_is_saved_as_one(suffix: str, content_type: str) -> None:
    saved = choose_download_name(f"evil.{suffix}", content_type)
    assert extension(saved) == (find_extension(content_type) or ".bin")[1:]


@given(any_text | special_text | windows_text, st.sampled_from(CHECKED_TYPES))
def test_every_saved_name_is_short_and_safe(name: str, content_type: str) -> None:
    saved = choose_download_name(clean_or_skip(name), content_type)
    assert 0 < len(saved.encode()) <= MAX_BYTES
    assert not set('<>:"/\\|?*') & set(saved)
    assert saved == saved.rstrip(". ")
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d) *(\..*)?", saved)
    suffix = extension(saved)
    assert saved.startswith(".") or not suffix or is_usual_extension(suffix, content_type)


@given(any_text | special_text | windows_text, st.sampled_from(CHECKED_TYPES))
def test_a_saved_name_can_be_uploaded_and_saved_again(name: str, content_type: str) -> None:
    saved = choose_download_name(clean_or_skip(name), content_type)
    assert choose_download_name(clean_or_skip(saved), content_type) == saved
