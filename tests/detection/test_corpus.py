"""Detection on files of real programs: genuine, truncated and disguised as another format."""

import pytest

from functions.detection import HEAD_BYTES, find_charset, sniff
from functions.domain.codes import Code
from functions.domain.kinds import Kind
from functions.pipeline.content_type import check_type
from tests.case_counts import CountCases
from tests.corpus import File, corpus, texts
from tests.corpus.disguises import PICTURES, disguises, one_of_each, with_a_zip_behind
from tests.detection.detect import detect, read_more

TEXTS = ("text/", "application/json", "application/x-ndjson")


def is_text(file: File) -> bool:
    return file.content_type.startswith(TEXTS)


def accepted_type(data: bytes, declared: str) -> str | None:
    """Returns the content type of an accepted file, or None for a rejected file."""
    result = check_type(detect(data), declared, Kind("any", frozenset([declared]), 1 << 40))
    return None if isinstance(result, Code) else result


def test_at_least_99_percent_of_the_binary_files_are_detected(count_cases: CountCases) -> None:
    binary = [file for file in corpus() if not is_text(file)]
    wrong = [
        f"{file}: {detect(file.data).name}"
        for file in binary
        if detect(file.data).content_type != file.content_type
    ]
    count_cases("corpus: binary files", len(binary))
    count_cases("corpus: binary files detected", len(binary) - len(wrong))
    assert len(binary) >= 400
    assert len(wrong) <= len(binary) // 100, wrong


def test_texts_in_every_language_and_encoding_are_accepted(count_cases: CountCases) -> None:
    texts = [file for file in corpus() if is_text(file)]
    count_cases("corpus: texts", len(texts))
    assert [str(file) for file in texts if accepted_type(file.data, file.content_type) is None] == []


def test_the_corpus_has_texts_of_old_programs_readmes_and_exports(count_cases: CountCases) -> None:
    counts = {
        "corpus: texts in older encodings": len(list(texts.legacy_texts())),
        "corpus: encodings": len({each for encodings in texts.ENCODINGS.values() for each in encodings}),
        "corpus: READMEs": len(list(texts.readmes())),
        "corpus: exports of tables": len(list(texts.exports())),
    }
    for name, count in counts.items():
        count_cases(name, count)
    assert list(counts.values()) >= [25, 8, 30, 20]


@pytest.mark.parametrize("cut", [4093, 4094, 4095])
def test_a_text_in_an_older_encoding_is_text_wherever_the_head_cuts_it(cut: int) -> None:
    for file in texts.legacy_texts():
        assert sniff(file.data[:cut], b"", len(file.data)).name in ("text", "csv"), str(file)


def test_no_text_of_an_older_encoding_gets_a_wrong_charset() -> None:
    """Unicode is recognised; a text in another encoding never passes for Unicode."""
    for language, encodings in texts.ENCODINGS.items():
        for encoding in encodings:
            data = f"{texts.PROSE[language]}\r\n".encode(encoding)
            charset = find_charset(data[:HEAD_BYTES], read_more(data), len(data))
            expected = f"{texts.PROSE[language]}\r\n" if charset else None
            decoded = data.decode(charset).removeprefix("\ufeff") if charset else None
            assert decoded == expected, f"{language} {encoding}"
            assert (charset is not None) == (encoding.startswith(("utf-16", "iso-2022"))), (
                f"{language} {encoding}"
            )


def test_every_genuine_file_is_accepted_as_its_declared_type() -> None:
    accepted = {str(file): accepted_type(file.data, file.content_type) for file in corpus()}
    assert accepted == {str(file): file.content_type for file in corpus()}


def test_no_disguised_file_is_accepted_as_its_declared_type(count_cases: CountCases) -> None:
    tried = list(disguises())
    count_cases("corpus: disguises", len(tried))
    assert [(name, declared) for name, data, declared in tried if accepted_type(data, declared)] == []


@pytest.mark.parametrize("cut", [16, 20, 33, 64, 100, 512, 1000, 4000])
def test_a_truncated_file_is_detected_as_its_own_format_or_as_none(cut: int, count_cases: CountCases) -> None:
    """Texts are left out: a truncated text is a text."""
    for file in corpus():
        if cut >= len(file.data) or is_text(file):
            continue
        found = detect(file.data[:cut])
        assert not found.active, str(file)
        others = {file.content_type, "application/octet-stream", "application/zip", *_same_container(file)}
        assert found.content_type in others, str(file)
        count_cases("corpus: truncated files", 1)


def _same_container(file: File) -> set[str]:
    matroska = {"video/webm", "video/x-matroska", "audio/webm"}
    return matroska if file.content_type in matroska else set()


@pytest.mark.parametrize("picture", PICTURES)
def test_a_zip_appended_to_an_image_is_served_as_the_image(picture: str) -> None:
    """The head does not show the ZIP. The signed content type makes programs open the file as an image."""
    for file in corpus():
        if file.content_type == picture:
            assert accepted_type(with_a_zip_behind(file.data), picture) == picture


def test_a_page_behind_the_head_of_an_image_is_served_as_the_image() -> None:
    """The head does not show the page. The signed content type keeps a browser from rendering it."""
    png = one_of_each()["image/png"].data.ljust(HEAD_BYTES, b"\0") + b"<script>alert(1)</script>"
    assert accepted_type(png, "image/png") == "image/png"
    assert accepted_type(png, "text/html") is None
