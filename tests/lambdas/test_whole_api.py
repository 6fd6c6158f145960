"""Every operation with generated input, valid and invalid: each response matches the API description.

The description lists the codes of problems, so that a response with another code fails, and so does a status of 5xx. The
gateway's own responses are not tested here.
"""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from functions.http import openapi
from tests.case_counts import CountCases
from tests.examples import PDF, PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.gateway import application
from tests.lambdas.steps import process_document, stage_document


def load_schema(description: dict[str, Any]) -> OpenApiSchema:
    """Returns the schema of a description, served by the real handlers."""
    schema = schemathesis.openapi.from_dict(description)
    schema.app = application
    schema.config.generation.update(with_security_parameters=False)
    return schema


api = load_schema(json.loads(openapi.read_description()))

DESCRIBED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ITEMS_HAVE_PROBLEMS = "/documents/batch"
"""The path whose items may be invalid one by one: the response has status 200 and their problems."""

ONE_ACCOUNT = settings(max_examples=25, suppress_health_check=list(HealthCheck))
"""All cases of one operation share an account, so that a later case may find what an earlier one has changed."""

VALID_REQUEST: dict[str, Any] = {"fileName": "cat.png", "size": 69, "contentType": "image/png"}
FIELDS = [*VALID_REQUEST, "kind", "title", "sha256", "method", "partChecksums", "metadata", "unknown"]

INTERESTING = [
    "",
    "PUT",
    "POST",
    "MULTIPART",
    "image",
    "video",
    "image/png",
    "video/mp4",
    "a.mp4",
    "../x.png",
]
words = st.sampled_from(INTERESTING) | st.text(max_size=300)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
)


@pytest.fixture
def ids(account: Account, ada: Api, s3: httpx.Client, deploy: Callable[..., None]) -> list[str]:
    """Documents in each state that a client can cause."""
    deploy(open_uploads_limit=1_000_000, daily_files_limit=1_000_000, create_burst=1_000_000)
    aborted = ada.create(PNG)["document"]["id"]
    assert ada.post(f"/documents/{aborted}/abort").status == 204
    deleted = process_document(account, ada, s3, PNG)
    assert ada.call("DELETE", f"/documents/{deleted}").status == 204
    return [
        ada.create(PNG)["document"]["id"],
        ada.create(PNG, method="MULTIPART")["document"]["id"],
        stage_document(ada, s3, PNG),
        process_document(account, ada, s3, PNG),
        process_document(account, ada, s3, PDF),
        aborted,
        deleted,
    ]


@api.parametrize()
@ONE_ACCOUNT
def test_every_response_is_described(
    case: schemathesis.Case[Any], ids: list[str], count_cases: CountCases
) -> None:
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    checks = DESCRIBED if case.path == ITEMS_HAVE_PROBLEMS else [*DESCRIBED, negative_data_rejection]
    for document_id in ids if path and path.mode.is_positive else [None]:
        if document_id is not None:
            case.path_parameters["id"] = document_id
        answer = case.call()
        case.validate_response(answer, checks=checks)
        assert answer.headers["cache-control"] == ["no-store"]
        count_cases("cases of the API", 1)


@given(changes=st.dictionaries(st.sampled_from(FIELDS), anything, max_size=3))
@settings(parent=ONE_ACCOUNT, max_examples=300)
def test_every_response_to_any_value_in_a_create_is_described(
    ids: list[str], changes: dict[str, Any], count_cases: CountCases
) -> None:
    case = api["/documents"]["POST"].Case(body=VALID_REQUEST | changes, media_type="application/json")
    case.validate_response(case.call(), checks=DESCRIBED)
    count_cases("cases of the API", 1)


@pytest.mark.parametrize(
    ("status", "body"),
    [("201", VALID_REQUEST), ("413", VALID_REQUEST | {"size": 1 << 40})],
    ids=["good", "problem"],
)
def test_a_response_that_is_not_described_is_found(ids: list[str], status: str, body: dict[str, Any]) -> None:
    incomplete = json.loads(json.dumps(api.raw_schema))
    del incomplete["paths"]["/documents"]["post"]["responses"][status]
    operation = load_schema(incomplete)["/documents"]["POST"]
    case = operation.Case(body=body, media_type="application/json")
    with pytest.raises(FailureGroup, match="status code"):
        case.validate_response(case.call(), checks=DESCRIBED)


def test_a_code_that_is_not_described_is_found(ids: list[str]) -> None:
    text = json.dumps(api.raw_schema).replace('"file_too_large"', '"another_code"')
    case = load_schema(json.loads(text))["/documents"]["POST"].Case(
        body=VALID_REQUEST | {"size": 1 << 40}, media_type="application/json"
    )
    with pytest.raises(FailureGroup, match="schema"):
        case.validate_response(case.call(), checks=DESCRIBED)
