"""POST forms whose file has a name that is not ASCII, or a path."""

import httpx
import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account


def _post(account: Account, file_name: str) -> tuple[int, dict[str, str]]:
    """Posts a form that keeps the name of its file. Returns the status and the metadata of the object."""
    bucket, free = account.create_bucket(), ["starts-with", "$x-amz-meta-name", ""]
    form = account.s3.generate_presigned_post(bucket, "a", {"x-amz-meta-name": "${filename}"}, [free])
    with httpx.Client(trust_env=False) as client:
        status = client.post(form["url"], data=form["fields"], files={"file": (file_name, b"a")}).status_code
    metadata: dict[str, str] = account.s3.head_object(Bucket=bucket, Key="a")["Metadata"]
    return status, metadata


def test_a_name_that_is_not_ascii_is_returned_as_in_rfc_2047(closed: Account, published: Account) -> None:
    name = "K\N{LATIN SMALL LETTER A WITH DIAERESIS}se.png"
    assert _post(closed, name) == (204, {"name": "=?UTF-8?B?S8Okc2UucG5n?="})
    assert _post(published, name) != _post(closed, name), FIXED_UPSTREAM


@pytest.mark.parametrize("name", ["photos/cat.png", "C:\\photos\\cat.png", "cat.png"])
def test_a_name_has_no_path(closed: Account, name: str) -> None:
    assert _post(closed, name) == (204, {"name": "cat.png"})


def test_a_path_stays_in_the_name_that_is_published(published: Account) -> None:
    assert _post(published, "photos/cat.png")[1] == {"name": "photos/cat.png"}, FIXED_UPSTREAM
