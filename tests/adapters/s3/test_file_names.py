"""The name of a form's file in the metadata of an object."""

import pytest

from functions.adapters.s3.file_names import read_file_name


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"file-name": "cat.png"}, "cat.png"),
        ({"file-name": "=?UTF-8?B?S8Okc2UucG5n?="}, "K\N{LATIN SMALL LETTER A WITH DIAERESIS}se.png"),
        ({"file-name": "=?UTF-8?Q?K=C3=A4se.png?="}, "K\N{LATIN SMALL LETTER A WITH DIAERESIS}se.png"),
        ({"file-name": "${filename}"}, "${filename}"),
        ({"file-name": ""}, None),
        ({"source-version": "v1"}, None),
        ({}, None),
    ],
)
def test_the_name_is_read_as_the_browser_sent_it(metadata: dict[str, str], name: str | None) -> None:
    assert read_file_name(metadata) == name


@pytest.mark.parametrize(
    "encoded",
    [
        "=?UTF-8?B?not base64?=",
        "=?UTF-8?B?abcde?=",
        "=?no-charset?B?YQ==?=",
        "=?UTF-8?B?/w==?=",
        "=?\0?q?a?=",
        "=?\xe9?q?a?=",
    ],
)
def test_a_name_that_cannot_be_read_is_none(encoded: str) -> None:
    assert read_file_name({"file-name": encoded}) in (None, encoded)
