"""The verdict on the type: what was found in the bytes against what was declared and what the kind accepts."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import functions
from functions.detection import Format, formats
from functions.domain.codes import Code
from functions.domain.file_types import TYPES
from functions.domain.kinds import Kind
from functions.domain.storage import StoredObject
from functions.pipeline.content_type import TypeStep, check_type
from functions.pipeline.step import Passed, StepContext, Verdict
from tests.detection.detect import detect
from tests.detection.file_samples import id3, mp3_frames
from tests.examples import NOW, a_document

FORMATS = [entry for entry in vars(formats).values() if isinstance(entry, Format)]
ANY = Kind("any", frozenset(TYPES), 1000)
UNSAFE = (formats.SUSPICIOUS, formats.ENCRYPTED)
STRICT = replace(ANY, strict_types=True)
GUESSES = (
    "image/png",
    "text/plain",
    "text/markdown",
    "text/csv",
    "application/json",
    "video/mp4",
    "application/pdf",
)
"""Types that an attacker may declare."""


def kind_of(*content_types: str, unchecked: bool = False, allow_passwords: bool = False) -> Kind:
    kind = Kind("any", frozenset(content_types), 1000)
    return replace(kind, unchecked=unchecked, allow_passwords=allow_passwords)


@pytest.mark.parametrize(
    ("found", "declared"),
    [
        (formats.PNG, "image/png"),
        (formats.PDF, "application/pdf"),
        (formats.MOV, "video/mp4"),
        (formats.MP4, "audio/mp4"),
        (formats.WEBM, "video/x-matroska"),
        (formats.WEBM_AUDIO, "video/webm"),
        (formats.WEBM_AUDIO, "audio/webm"),
        (formats.TEXT, "text/csv"),
        (formats.CSV, "text/plain"),
        (formats.TEXT, "text/markdown"),
        (formats.TEXT, "text/x-python"),
        (formats.TEXT, "application/yaml"),
        (formats.JSON, "text/plain"),
        (formats.JSON, "application/x-ndjson"),
        (formats.JSON, "application/json"),
        (formats.JSON, "application/geo+json"),
        (formats.SCALAR, "application/json"),
        (formats.MARKUP, "text/markdown"),
        (formats.MARKUP, "application/xml"),
        (formats.XML, "application/gpx+xml"),
        (formats.ZIP, "application/vnd.made-up+zip"),
    ],
)
def test_bytes_that_may_have_the_declared_type_are_accepted_as_declared(found: Format, declared: str) -> None:
    for kind in (ANY, STRICT):
        assert (
            check_type(found, declared, replace(kind, content_types=kind.content_types | {declared}))
            == declared
        )


@pytest.mark.parametrize(
    ("found", "declared"),
    [
        (formats.JPEG, "image/png"),
        (formats.JPEG, "image/heic"),
        (formats.HTML, "text/plain"),
        (formats.SVG, "image/png"),
        (formats.SVG, "application/xml"),
        (formats.SCRIPT, "text/plain"),
        (formats.XML, "text/csv"),
        (formats.XML, "image/svg+xml"),
        (formats.EXE, "application/pdf"),
        (formats.TEXT, "application/json"),
        (formats.DOCX, "application/zip"),
        (formats.ZIP, "application/epub+zip"),
        (formats.MP4, "video/webm"),
    ],
)
def test_bytes_of_another_type_get_their_own_if_the_kind_accepts_it(found: Format, declared: str) -> None:
    assert check_type(found, declared, ANY) == found.content_type
    assert check_type(found, declared, kind_of(declared)) is Code.TYPE_MISMATCH
    assert check_type(found, declared, STRICT) is Code.TYPE_MISMATCH


@pytest.mark.parametrize("found", [formats.BINARY, formats.EMPTY])
def test_bytes_of_no_known_type_are_accepted_as_none(found: Format) -> None:
    for declared in TYPES:
        assert check_type(found, declared, ANY) is Code.TYPE_MISMATCH


def test_a_film_with_the_brand_of_another_container_type_is_sound_for_a_kind_of_sound() -> None:
    assert check_type(formats.MP4, "audio/mpeg", kind_of("audio/mpeg", "audio/mp4")) == "audio/mp4"
    assert check_type(formats.MKV, "audio/mpeg", kind_of("audio/mpeg", "audio/webm")) == "audio/webm"


def test_text_that_is_declared_as_something_else_is_plain_text_or_nothing() -> None:
    assert check_type(formats.TEXT, "image/png", kind_of("image/png", "text/plain")) == "text/plain"
    assert (
        check_type(formats.MARKUP, "image/png", kind_of("image/png", "application/xml", "text/html"))
        is Code.TYPE_MISMATCH
    )


def test_bytes_of_two_formats_are_suspicious_whatever_was_declared() -> None:
    assert check_type(formats.SUSPICIOUS, "image/png", ANY) is Code.SUSPICIOUS_CONTENT
    assert check_type(formats.SUSPICIOUS, "image/png", None) is Code.SUSPICIOUS_CONTENT


def test_a_type_that_the_kind_has_stopped_accepting_is_not_allowed() -> None:
    assert check_type(formats.PNG, "image/png", kind_of("image/jpeg")) is Code.TYPE_NOT_ALLOWED
    assert check_type(formats.PNG, "image/gif", kind_of("image/png")) == "image/png"


def test_a_removed_kind_accepts_nothing() -> None:
    assert check_type(formats.PNG, "image/png", None) is Code.TYPE_NOT_ALLOWED


@pytest.mark.parametrize("declared", ["model/vnd.made-up", "application/octet-stream"])
def test_an_unchecked_type_is_accepted_unless_the_bytes_are_active(declared: str) -> None:
    unchecked = kind_of(declared, unchecked=True)
    for found in FORMATS:
        result = check_type(found, declared, unchecked)
        assert (result == declared) == (not found.active and found not in UNSAFE), found
    assert check_type(formats.BINARY, declared, kind_of(declared)) is Code.TYPE_MISMATCH


def test_an_unchecked_kind_still_checks_the_types_that_detection_knows() -> None:
    unchecked = kind_of("model/vnd.made-up", "image/png", unchecked=True)
    assert check_type(formats.BINARY, "image/png", unchecked) is Code.TYPE_MISMATCH


def test_each_type_of_the_default_kinds_can_be_detected() -> None:
    """Otherwise a deployment would take a file in and then always reject it."""
    shipped = tomllib.loads(Path(str(functions.__file__)).with_name("kinds.toml").read_text("utf-8"))
    for name, policy in shipped.items():
        kind = Kind(name, frozenset(policy["content_types"]), policy["max_bytes"])
        for declared in kind.content_types:
            assert declared in [check_type(found, declared, kind) for found in FORMATS], declared


def test_each_type_of_the_table_can_be_detected() -> None:
    for declared in TYPES:
        kind = kind_of(declared, allow_passwords=True)
        assert declared in [check_type(found, declared, kind) for found in FORMATS], declared


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_document_with_a_password_is_rejected_unless_the_kind_allows_it() -> None:
    allowing = kind_of(DOCX, "image/png", allow_passwords=True)
    assert check_type(formats.ENCRYPTED, DOCX, ANY) is Code.PASSWORD_PROTECTED
    assert check_type(formats.ENCRYPTED, "image/png", ANY) is Code.PASSWORD_PROTECTED
    assert check_type(formats.ENCRYPTED, DOCX, allowing) == DOCX
    assert check_type(formats.ENCRYPTED, "image/png", allowing) is Code.TYPE_MISMATCH


def test_a_document_with_macros_needs_a_kind_that_lists_its_type() -> None:
    with_macros = "application/vnd.ms-word.document.macroenabled.12"
    assert check_type(formats.DOCM, DOCX, kind_of(DOCX)) is Code.TYPE_MISMATCH
    assert check_type(formats.DOCM, DOCX, kind_of(DOCX, with_macros)) == with_macros
    assert check_type(formats.DOCX, with_macros, kind_of(DOCX, with_macros)) == DOCX


def test_each_format_has_a_type_of_the_table() -> None:
    names = {found.content_type for found in FORMATS} - {"application/octet-stream"}
    assert names <= TYPES.keys()


def test_no_active_type_is_accepted_as_a_type_that_is_shown_or_as_text() -> None:
    active = [found for found in FORMATS if found.active]
    assert active
    for found in active:
        for declared, row in TYPES.items():
            if row.is_inline or row.group == "text":
                assert check_type(found, declared, kind_of(declared)) is Code.TYPE_MISMATCH


def test_no_active_type_is_shown() -> None:
    assert not [found for found in FORMATS if found.active and TYPES[found.content_type].is_inline]


ATTACKS = {
    "a script": b"<script>alert(document.domain)</script>",
    "a handler": b"<img src=x onerror=alert(1)>",
    "a frame": b"<iframe src='javascript:alert(1)'></iframe>",
    "a script in Markdown": b"# Cats\n\n<script>alert(1)</script>\n[x](javascript:alert(1))\n",
    "a drawing in text": b"hello\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a page behind text": b"hello\n<!DOCTYPE html><html><script>alert(1)</script>",
    "a page behind text in UTF-16": "hello\n<!DOCTYPE html><html><script>alert(1)</script>".encode(
        "utf-16-le"
    ),
    "a page behind Chinese text": "没有人看到\n<html><script>alert(1)</script>".encode("gb18030"),
    "a script in XML": b"<x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>alert(1)</h:script></x>",
    "a script in a table": b'id,html\n1,"<script>alert(1)</script>"\n',
    "a script in JSON": b'// </x><script>alert(1)</script>\n{"a": 1}',
    "a script as JSON": b'"<script>alert(1)</script>"',
    "a script behind controls": b"\x08\x0b<script>alert(1)</script>\x1a",
    "a script of UTF-7": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "a script behind a tag of sound": id3(mp3_frames()[:16] + b"<script>alert(1)</script>"),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("declared", [*GUESSES, "application/xml", "text/html", "audio/mpeg"])
def test_markup_is_rejected_or_kept_as_what_no_browser_runs(attack: str, declared: str) -> None:
    """XML and HTML are always attachments, and browsers show text/plain as text."""
    result = check_type(detect(ATTACKS[attack]), declared, ANY)
    assert isinstance(result, Code) or result in (
        *("text/plain", "text/markdown", "text/csv", "application/json", "audio/mpeg"),
        *(("application/xml", "text/html") if result == declared else ()),
    )
    if not isinstance(result, Code) and TYPES[result].is_inline:
        assert result in ("text/plain", "audio/mpeg")


def run_step(data: bytes, declared: str, read: Callable[[int, int], bytes] | None = None) -> Verdict:
    context = StepContext(
        document=a_document(declared_content_type=declared),
        kind=ANY,
        staged=StoredObject("v1", len(data), "e1"),
        head=data[:4096],
        read=read or (lambda start, length: data[start : start + length]),
        parameters={},
        passed=(),
        record=None,
        now=NOW,
    )
    return TypeStep().run(context)


@pytest.mark.parametrize(
    ("data", "declared", "charset"),
    [
        ("Grüße € 日本".encode(), "text/plain", "utf-8"),
        ("Grüße € 日本".encode(), "text/plain; charset=iso-8859-1", "utf-8"),
        (b"plain", "text/csv", "utf-8"),
        ("Grüße".encode("utf-16"), "text/plain", "utf-16le"),
        ("Grüße".encode("latin-1"), "text/plain", None),
        ("Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1", "iso-8859-1"),
        (b"x" * 5000 + "ü".encode(), "text/plain", "utf-8"),
        (b"x" * 5000 + "ü".encode("latin-1"), "text/plain", None),
        (b"x" * 5000 + "ü".encode("latin-1"), "text/plain; charset=windows-1252", "windows-1252"),
        (b"{}", "application/json", None),
    ],
)
def test_text_has_the_charset_that_its_bytes_show_or_else_the_declared_one(
    data: bytes, declared: str, charset: str | None
) -> None:
    verdict = run_step(data, declared)
    assert isinstance(verdict, Passed)
    assert (verdict.facts["contentType"], verdict.facts.get("charset")) == (
        declared.partition(";")[0],
        charset,
    )


def test_a_second_range_is_read_only_where_the_head_says_so() -> None:
    reads: list[tuple[int, int]] = []

    def read(start: int, length: int) -> bytes:
        reads.append((start, length))
        return b"x" * length

    run_step(b"\x89PNG" + bytes(9000), "image/png", read)
    assert reads == []
    run_step(b"x" * 9000, "text/plain", read)
    assert reads == [(4096, 65_536)]
