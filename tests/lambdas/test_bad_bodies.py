"""Request bodies that are not valid: each is a problem with its status and code, and none is an internal error."""

import json

import pytest

from tests.examples import PNG
from tests.lambdas.api import Api

VALID_REQUEST = {"fileName": "cat.png", "size": 69, "contentType": "image/png"}
NESTED = '{"fileName": "a.png", "contentType": "image/png", "size": 1, "metadata": {"a": %s}}'


@pytest.mark.parametrize(
    "body",
    [
        "{",
        json.dumps(VALID_REQUEST) + "x",
        "\ufeff" + json.dumps(VALID_REQUEST),
        b'{"fileName": "\xff"}',
        json.dumps(VALID_REQUEST).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(VALID_REQUEST).encode(),
        '{"size": ' + "9" * 5_000 + "}",
        "[" * 30_000 + "]" * 30_000,
        "[" * 60_000,
    ],
    ids=["a brace", "more after it", "BOM", "no UTF-8", "UTF-16", "BOM as bytes", "digits", "nested", "open"],
)
def test_what_is_not_json_is_malformed(ada: Api, body: str | bytes) -> None:
    assert ada.post("/documents", body).problem == (400, "malformed_json")


@pytest.mark.parametrize("depth", [9, 300, 920, 930, 940, 945, 990])
def test_nesting_that_one_parser_takes_and_another_does_not_is_malformed(ada: Api, depth: int) -> None:
    """The depth that a parser reaches depends on the depth of its caller."""
    body = NESTED % ("[" * depth + "]" * depth)
    assert ada.post("/documents", body).problem == (400, "malformed_json")


def test_a_duplicate_key_is_refused_at_any_level(ada: Api) -> None:
    assert ada.post("/documents", '{"size": 1, "size": 2}').problem == (400, "duplicate_key")
    assert ada.post("/documents", NESTED % '{"b": 1, "b": 1}').problem == (400, "duplicate_key")


@pytest.mark.parametrize("body", [None, "", "  ", "null", "[]", '"text"', "1"])
def test_a_body_that_is_not_an_object_is_not_valid(ada: Api, body: str | None) -> None:
    assert ada.post("/documents", body).problem == (422, "validation_failed")


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "-1", '"10"', "1.5", "1.0", "true", "9" * 4_000]
)
def test_a_size_that_is_not_a_whole_number_is_not_valid(ada: Api, number: str) -> None:
    answer = ada.post("/documents", json.dumps(VALID_REQUEST).replace("69", number))
    assert answer.problem == (422, "validation_failed")
    assert "9" * 20 not in answer.text


def test_the_field_that_is_wrong_is_named(ada: Api) -> None:
    answer = ada.post("/documents", VALID_REQUEST | {"size": "10", "metadata": {"a": 1}})
    assert answer.problem == (422, "validation_failed")
    assert [error["field"] for error in answer.json["errors"]] == ["size", "metadata.a"]


def test_an_unknown_field_is_not_valid(ada: Api) -> None:
    answer = ada.post("/documents", VALID_REQUEST | {"filename": "cat.png"})
    assert answer.problem == (422, "validation_failed")
    assert answer.json["errors"][0]["field"] == "filename"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fileName": "\ud800.png"}, "filename_invalid"),
        ({"title": "\ud800"}, "validation_failed"),
        ({"kind": "\udfff"}, "validation_failed"),
        ({"contentType": "\ud800/png"}, "validation_failed"),
        ({"sha256": "\ud800"}, "checksum_invalid"),
        ({"metadata": {"a": "\ud800"}}, "validation_failed"),
        ({"metadata": {"\ud800": "a"}}, "validation_failed"),
        ({"\ud800": 1}, "validation_failed"),
    ],
)
def test_a_lone_surrogate_is_not_valid_anywhere(ada: Api, change: dict[str, object], code: str) -> None:
    assert ada.post("/documents", VALID_REQUEST | change).problem == (422, code)


def test_a_body_may_have_128_kib_and_no_byte_more(ada: Api) -> None:
    text = json.dumps(VALID_REQUEST)
    padded = text + " " * (128 * 1024 - len(text))
    assert ada.post("/documents", padded).status == 201
    assert ada.post("/documents", padded + " ").problem == (413, "payload_too_large")
    assert ada.post("/documents", (padded + " ").encode()).problem == (413, "payload_too_large")


def test_a_hundred_thousand_nested_arrays_are_malformed(ada: Api) -> None:
    assert ada.post("/documents", "[" * 100_000).problem == (400, "malformed_json")


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/jsonp", "application/problem+json"])
def test_a_body_of_another_type_is_refused(ada: Api, content_type: str) -> None:
    answer = ada.post("/documents", VALID_REQUEST, **{"content-type": content_type})
    assert answer.problem == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", " Application/JSON", "APPLICATION/JSON"]
)
def test_the_content_type_of_a_body_may_have_parameters_and_capitals(ada: Api, content_type: str) -> None:
    assert ada.post("/documents", VALID_REQUEST, **{"content-type": content_type}).status == 201


def test_a_body_in_base64_is_read(ada: Api) -> None:
    assert ada.post("/documents", json.dumps(VALID_REQUEST).encode()).status == 201


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_without_a_body_its_content_type_does_not_matter(ada: Api, content_type: str) -> None:
    """`fetch` and `curl -d ''` send a type with an empty body."""
    path = f"/documents/{ada.create(PNG)['document']['id']}"
    for body in (None, ""):
        answer = ada.post(f"{path}/complete", body, **{"content-type": content_type})
        assert answer.problem == (409, "object_not_uploaded")
    assert ada.post(f"{path}/complete", "{}", **{"content-type": content_type}).status == 415
    assert ada.post(f"{path}/abort", **{"content-type": content_type}).status == 204


def test_an_unknown_path_is_a_problem_too(ada: Api) -> None:
    """The gateway itself responds for a path without a route, so this is a route that the function does not serve."""
    assert ada.get("/nothing").problem == (404, "route_not_found")


def test_the_path_in_a_problem_is_always_a_uri(ada: Api) -> None:
    problem = ada.get("/documents/ü <b>%2F").json
    assert problem["instance"] == "/documents/%C3%BC%20%3Cb%3E%2F"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE"])
def test_another_method_is_not_found(ada: Api, method: str) -> None:
    assert ada.call(method, "/documents").problem == (404, "route_not_found")
