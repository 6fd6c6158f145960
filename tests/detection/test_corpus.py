"""Detection held against real files: each is told, and none passes for another, cut short or disguised."""

import pytest

from functions.detection import HEAD_BYTES
from functions.domain.kinds import Kind
from functions.pipeline.inspection import Accepted, inspect
from tests.corpus import File, corpus
from tests.corpus.disguises import PICTURES, disguises, one_of_each, with_a_zip_behind
from tests.counted import Counted
from tests.detection.test_detection import told

TEXTS = ("text/", "application/json", "application/x-ndjson")


def is_text(file: File) -> bool:
    return file.content_type.startswith(TEXTS)


def passes(data: bytes, declared: str) -> str | None:
    """The content type that S3 would serve it as, or None for what is rejected."""
    verdict = inspect(told(data), declared, Kind("any", frozenset([declared]), 1 << 40))
    return verdict.content_type if isinstance(verdict, Accepted) else None


def test_of_a_hundred_binary_files_99_are_told_by_their_bytes(counted: Counted) -> None:
    binary = [file for file in corpus() if not is_text(file)]
    wrong = [
        f"{file}: {told(file.data).name}"
        for file in binary
        if told(file.data).content_type != file.content_type
    ]
    counted("corpus: binary files", len(binary))
    counted("corpus: binary files told right", len(binary) - len(wrong))
    assert len(binary) >= 400
    assert len(wrong) <= len(binary) // 100, wrong


def test_every_text_is_one_whatever_its_language_and_encoding(counted: Counted) -> None:
    texts = [file for file in corpus() if is_text(file)]
    counted("corpus: texts", len(texts))
    assert [str(file) for file in texts if passes(file.data, file.content_type) is None] == []


def test_every_good_file_is_served_as_what_it_was_declared_and_is() -> None:
    served = {str(file): passes(file.data, file.content_type) for file in corpus()}
    assert served == {str(file): file.content_type for file in corpus()}


def test_no_disguise_passes_for_what_it_was_declared(counted: Counted) -> None:
    tried = list(disguises())
    counted("corpus: disguises", len(tried))
    assert [(what, declared) for what, data, declared in tried if passes(data, declared)] == []


@pytest.mark.parametrize("cut", [16, 20, 33, 64, 100, 512, 1000, 4000])
def test_what_is_cut_short_is_itself_or_nothing(cut: int, counted: Counted) -> None:
    """What is left of a text is a text."""
    for file in corpus():
        if cut >= len(file.data) or is_text(file):
            continue
        found = told(file.data[:cut])
        assert not found.active, str(file)
        others = {file.content_type, "application/octet-stream", "application/zip", *_same_container(file)}
        assert found.content_type in others, str(file)
        counted("corpus: files cut short", 1)


def _same_container(file: File) -> set[str]:
    return (
        {"video/webm", "video/x-matroska"}
        if file.content_type in ("video/webm", "video/x-matroska")
        else set()
    )


@pytest.mark.parametrize("picture", PICTURES)
def test_a_zip_behind_a_picture_is_served_as_the_picture(picture: str) -> None:
    """It cannot be seen from the head. Nobody opens it as a ZIP who was told that it is a picture."""
    for file in corpus():
        if file.content_type == picture:
            assert passes(with_a_zip_behind(file.data), picture) == picture


def test_a_page_behind_the_head_of_a_picture_is_served_as_the_picture() -> None:
    """Nor can this; the signed content type, and `attachment` where it is not a picture, keep a browser from it."""
    png = one_of_each()["image/png"].data.ljust(HEAD_BYTES, b"\0") + b"<script>alert(1)</script>"
    assert passes(png, "image/png") == "image/png"
    assert passes(png, "text/html") is None
