"""HEAD wherever there is GET, and the conditions of RFC 9110 on a document."""

import httpx
import pytest

from functions.http.routes import ROUTES
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.steps import process_document

READ = [route.path for route in ROUTES if route.method == "GET" and route.operation_id != "getContent"]


@pytest.mark.parametrize("path", READ)
def test_a_head_has_the_status_and_headers_of_the_get_and_no_body(
    account: Account, ada: Api, s3: httpx.Client, path: str
) -> None:
    path = path.replace("{id}", process_document(account, ada, s3, PNG))
    get, head = ada.call("GET", path), ada.call("HEAD", path)
    assert get.text
    assert (head.status, head.text) == (get.status, "")
    assert head.headers == get.headers


def test_a_head_of_an_unknown_document_is_404_without_a_body(account: Account, ada: Api) -> None:
    answer = ada.call("HEAD", "/documents/01890000-0000-7000-8000-000000000000")
    assert (answer.status, answer.text) == (404, "")


def test_a_head_where_there_is_no_get_is_404(account: Account, ada: Api) -> None:
    assert ada.call("HEAD", "/documents/batch-delete").status == 404


def test_a_head_of_the_content_redirects_to_a_url_that_is_signed_for_head(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG)
    answer = ada.call("HEAD", f"/documents/{document_id}/content")
    assert (answer.status, answer.text) == (307, "")
    url = answer.headers["location"]
    assert s3.head(url).headers["content-length"] == str(len(PNG))
    assert s3.get(url).status_code == 403


def test_a_get_after_a_head_is_signed_for_get(account: Account, ada: Api, s3: httpx.Client) -> None:
    path = f"/documents/{process_document(account, ada, s3, PNG)}/content"
    ada.call("HEAD", path)
    assert s3.get(ada.call("GET", path).headers["location"]).content == PNG


def test_a_download_can_be_signed_for_head(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    url = ada.get(f"/documents/{document_id}/download", method="HEAD").json["url"]
    answer = s3.head(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert s3.get(url).status_code == 403


def test_a_download_cannot_be_signed_for_another_method(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    for method in ("PUT", "DELETE", "head", ""):
        answer = ada.get(f"/documents/{document_id}/download", method=method)
        assert answer.problem == (422, "validation_failed")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": "{etag}"}, 304),
        ({"if-none-match": "W/{etag}"}, 304),
        ({"if-none-match": '"0", {etag}'}, 304),
        ({"if-none-match": '"0"'}, 200),
        ({"if-match": "*"}, 200),
        ({"if-match": "{etag}"}, 200),
        ({"if-match": '"999"'}, 412),
        ({"if-match": "W/{etag}"}, 412),
        # RFC 9110, 13.2.2: If-Match comes first.
        ({"if-match": '"999"', "if-none-match": "*"}, 412),
        ({"if-match": "{etag}", "if-none-match": "{etag}"}, 304),
    ],
)
def test_a_document_is_read_under_conditions(
    account: Account, ada: Api, method: str, headers: dict[str, str], status: int
) -> None:
    created = ada.create(PNG)["document"]
    sent = {name: value.replace("{etag}", created["etag"]) for name, value in headers.items()}
    answer = ada.call(method, f"/documents/{created['id']}", headers=sent)
    assert answer.status == status
    if status == 304:
        assert (answer.headers["etag"], answer.text) == (created["etag"], "")
        assert answer.headers["cache-control"] == "no-store"


def test_an_unknown_document_is_404_under_any_condition(account: Account, ada: Api) -> None:
    answer = ada.call(
        "GET", "/documents/01890000-0000-7000-8000-000000000000", headers={"if-none-match": "*"}
    )
    assert answer.problem == (404, "document_not_found")
