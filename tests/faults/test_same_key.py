"""Fifty concurrent requests with one Idempotency-Key, each in a function of its own, make one document."""

import json
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec
from threading import Barrier
from types import ModuleType
from typing import Any

import pytest

from tests.case_counts import CountCases
from tests.examples import PNG
from tests.faults.aws_calls import SerialCalls
from tests.faults.simulation import WiredFunctions
from tests.lambdas.events import Context, http_event

REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
REQUESTS = 50


def load_function() -> ModuleType:
    """Loads `uploads` again with a resolver of its own, because a Lambda process handles one request at a time."""
    spec = find_spec("functions.lambdas.uploads")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def create_event(method: str) -> dict[str, Any]:
    return http_event(
        "POST /documents",
        "/documents",
        claims={"sub": "ada", "token_use": "access"},
        headers={"content-type": "application/json", "idempotency-key": "a-key"},
        body=json.dumps(REQUEST | {"method": method}),
    )


@pytest.mark.parametrize("method", ["PUT", "MULTIPART"])
def test_fifty_concurrent_creates_with_one_key_make_one_document(
    functions: WiredFunctions, method: str, count_cases: CountCases
) -> None:
    start = Barrier(REQUESTS)

    def create(uploads: ModuleType) -> Any:
        start.wait()
        return uploads.lambda_handler(create_event(method), Context())

    with functions.simulate() as simulation, simulation.calls.notify(SerialCalls()):
        processes = [load_function() for _ in range(REQUESTS)]
        with ThreadPoolExecutor(REQUESTS) as pool:
            responses = list(pool.map(create, processes))

        assert [response["statusCode"] for response in responses] == [201] * REQUESTS, responses
        [document] = simulation.documents()
        ids = [json.loads(response["body"])["document"]["id"] for response in responses]
        assert ids == [document.id] * REQUESTS
        assert simulation.account.usage("ada") == (len(PNG), 1)
        assert len(simulation.account.open_uploads()) == (method == "MULTIPART")
    count_cases("concurrent creates with one key", REQUESTS)
