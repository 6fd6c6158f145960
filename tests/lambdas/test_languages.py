"""The sentences for end users in the language that the header Accept-Language prefers."""

from typing import Any

import httpx
import pytest

from tests.examples import PDF
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse
from tests.lambdas.steps import process_document

MISMATCH = {
    "en": "The content does not match the declared type.",
    "de": "Der Inhalt passt nicht zum angegebenen Dateityp.",
    "fr": "Le contenu ne correspond pas au type d\N{LATIN SMALL LETTER E WITH ACUTE}clar\N{LATIN SMALL LETTER E WITH ACUTE}.",
}


def get(api: Api, path: str, language: str | None, **headers: str) -> ApiResponse:
    accepted = {} if language is None else {"accept-language": language}
    return api.call("GET", path, headers=accepted | headers)


@pytest.fixture
def rejected(account: Account, ada: Api, s3: httpx.Client) -> str:
    """The path of a document that was rejected."""
    return f"/documents/{process_document(account, ada, s3, PDF)}"


@pytest.mark.parametrize(
    ("header", "language"),
    [(None, "en"), ("de-AT", "de"), ("it, fr;q=0.5", "fr"), ("xx", "en"), ("fr;q=x", "en")],
)
def test_a_rejected_document_says_why_in_the_language_of_its_user(
    ada: Api, rejected: str, header: str | None, language: str
) -> None:
    answer = get(ada, rejected, header)
    assert (answer.json["reason"], answer.json["message"]) == ("type_mismatch", MISMATCH[language])
    assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")


def test_a_list_says_it_too(ada: Api, rejected: str) -> None:
    [document] = get(ada, "/documents", "de").json["documents"]
    assert (document["id"], document["message"]) == (rejected.rpartition("/")[2], MISMATCH["de"])


def test_another_language_is_another_representation(ada: Api, rejected: str) -> None:
    english, german = get(ada, rejected, None), get(ada, rejected, "de")
    tag = english.headers["etag"].strip('"')
    assert (english.json["etag"], german.headers["etag"]) == (f'"{tag}"', f'"{tag}-de"')
    assert german.json["etag"] == english.json["etag"]
    assert get(ada, rejected, "de", **{"if-none-match": english.headers["etag"]}).status == 200
    unchanged = get(ada, rejected, "de", **{"if-none-match": german.headers["etag"]})
    assert (unchanged.status, unchanged.headers["etag"]) == (304, f'"{tag}-de"')
    patch = ada.call(
        "PATCH",
        rejected,
        {"title": "T"},
        headers={"if-match": german.headers["etag"], "accept-language": "de"},
    )
    assert (patch.status, patch.json["message"]) == (200, MISMATCH["de"])


def test_a_document_without_a_reason_has_no_sentence(ada: Api) -> None:
    created: Any = ada.create(b"12345")
    answer = get(ada, f"/documents/{created['document']['id']}", "de")
    assert "message" not in answer.json
    assert "content-language" not in answer.headers
    assert (answer.headers["vary"], answer.headers["etag"]) == ("Accept-Language", '"1"')


@pytest.mark.parametrize(
    "body", ["{", '{"size": "10"}', '{"fileName": "a.png", "size": 0, "contentType": "image/png"}']
)
def test_a_problem_has_a_sentence_too(ada: Api, body: str) -> None:
    english = ada.post("/documents", body)
    french = ada.post("/documents", body, **{"accept-language": "fr-CA"})
    assert english.problem == french.problem
    assert english.json["detail"] == french.json["detail"]
    assert english.json["message"] != french.json["message"]
    assert (french.headers["content-language"], english.headers["content-language"]) == ("fr", "en")
    assert french.headers["vary"] == "Accept-Language"


def test_a_problem_of_one_item_of_a_batch_has_a_sentence(ada: Api) -> None:
    batch = {"documents": [{"fileName": "a.png", "size": 0, "contentType": "image/png"}]}
    [result] = ada.post("/documents/batch", batch, **{"accept-language": "de"}).json["results"]
    assert result["problem"]["message"] == "Eine leere Datei kann nicht hochgeladen werden."


def test_the_description_of_the_api_is_the_same_in_every_language(ada: Api) -> None:
    assert "vary" not in get(ada, "/openapi.json", "de").headers
