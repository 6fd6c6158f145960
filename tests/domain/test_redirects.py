"""The addresses that a form may lead back to."""

import pytest

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.redirects import check_redirect

ALLOWED = frozenset({"https://app.example.com", "https://app.example.com:8443", "http://127.0.0.1:5000"})


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com?sent=1",
        "https://app.example.com/sent/17?step=2&name=a%20b",
        "https://app.example.com:443/sent",
        "https://app.example.com:8443/sent",
        "http://127.0.0.1:5000/sent",
    ],
)
def test_a_url_of_an_allowed_origin_is_accepted(url: str | None) -> None:
    check_redirect(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/sent",
        "//app.example.com/sent",
        "javascript:alert(1)//https://app.example.com",
        "http://app.example.com/sent",
        "https://app.example.com:8444/sent",
        "https://app.example.com.evil.example/sent",
        "https://evil.example/https://app.example.com",
        "https://app.example.com@evil.example/",
        "https://app.example.com:x@evil.example/",
        "https://app.example.com\\@evil.example/",
        "https:\\\\app.example.com/",
        "https://app.example.com\n/",
        " https://app.example.com/",
        "https://app.example.com/#part",
        "https://app.example.com/${filename}",
        "https://app.example.com/\N{LATIN SMALL LETTER U WITH DIAERESIS}",
        "https://APP.example.com/",
        "http://127.0.0.1:5001/sent",
        "https://app.example.com/" + "a" * 1_024,
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_redirect(url, ALLOWED)
    assert (error.value.code, error.value.field) == (Code.REDIRECT_NOT_ALLOWED, "successRedirect")


def test_nothing_is_allowed_without_origins() -> None:
    with pytest.raises(InvalidInput):
        check_redirect("https://app.example.com/", frozenset({""}))
