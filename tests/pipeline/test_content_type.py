"""The verdict: what was found in the bytes against what was declared and what the kind accepts."""

import tomllib
from pathlib import Path

import pytest

import functions
from functions.detection import Format, formats
from functions.domain.codes import Code
from functions.domain.kinds import Kind
from functions.pipeline import content_type
from functions.pipeline.content_type import check_type

FORMATS = [entry for entry in vars(formats).values() if isinstance(entry, Format)]
DETECTABLE = {entry.content_type for entry in FORMATS}
FAMILIES = frozenset().union(*content_type._INDISTINGUISHABLE, content_type._ALSO_DETECTED_AS)
ANY = Kind("any", FAMILIES | DETECTABLE, 1000)


@pytest.mark.parametrize(
    ("found", "declared"),
    [
        (formats.PNG, "image/png"),
        (formats.PDF, "application/pdf"),
        (formats.MOV, "video/mp4"),
        (formats.MP4, "audio/mp4"),
        (formats.WEBM, "video/x-matroska"),
        (formats.TEXT, "text/csv"),
        (formats.CSV, "text/plain"),
        (formats.TEXT, "text/markdown"),
        (formats.JSON, "text/plain"),
        (formats.JSON, "application/x-ndjson"),
        (formats.JSON, "application/json"),
    ],
)
def test_bytes_that_may_have_the_declared_type_are_accepted_as_declared(found: Format, declared: str) -> None:
    assert check_type(found, declared, ANY) is None


@pytest.mark.parametrize(
    ("found", "declared"),
    [
        (formats.JPEG, "image/png"),
        (formats.HTML, "text/plain"),
        (formats.SVG, "image/png"),
        (formats.SCRIPT, "text/plain"),
        (formats.XML, "text/csv"),
        (formats.EXE, "application/pdf"),
        (formats.TEXT, "application/json"),
        (formats.BINARY, "text/plain"),
        (formats.EMPTY, "text/plain"),
        (formats.DOCX, "application/zip"),
        (formats.MP4, "video/webm"),
    ],
)
def test_bytes_of_another_type_are_a_mismatch(found: Format, declared: str) -> None:
    assert check_type(found, declared, ANY) is Code.TYPE_MISMATCH


def test_bytes_of_two_formats_are_suspicious_whatever_was_declared() -> None:
    assert check_type(formats.SUSPICIOUS, "image/png", ANY) is Code.SUSPICIOUS_CONTENT
    assert check_type(formats.SUSPICIOUS, "image/png", None) is Code.SUSPICIOUS_CONTENT


def test_a_type_that_the_kind_has_stopped_accepting_is_not_allowed() -> None:
    narrower = Kind("any", frozenset({"image/jpeg"}), 1000)
    assert check_type(formats.PNG, "image/png", narrower) is Code.TYPE_NOT_ALLOWED


def test_a_removed_kind_accepts_nothing() -> None:
    assert check_type(formats.PNG, "image/png", None) is Code.TYPE_NOT_ALLOWED


def test_each_type_of_the_default_kinds_can_be_detected() -> None:
    """Otherwise a deployment would take a file in and then always reject it."""
    shipped = tomllib.loads(Path(str(functions.__file__)).with_name("kinds.toml").read_text("utf-8"))
    for name, policy in shipped.items():
        kind = Kind(name, frozenset(policy["content_types"]), policy["max_bytes"])
        for declared in kind.content_types:
            verdicts = [check_type(Format("any", found), declared, kind) for found in DETECTABLE]
            assert None in verdicts, declared


def test_no_active_type_is_accepted_as_another() -> None:
    active = {entry.content_type for entry in FORMATS if entry.active}
    mapped = frozenset().union(*content_type._INDISTINGUISHABLE, *content_type._ALSO_DETECTED_AS.values())
    assert active
    assert not active & mapped
