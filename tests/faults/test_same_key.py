"""One Idempotency-Key, fifty requests in the same moment, each in a function of its own: one document, fifty equal ids."""

import json
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec
from threading import Barrier
from types import ModuleType
from typing import Any

import pytest

from tests.counted import Counted
from tests.examples import PNG
from tests.faults.aws_calls import OneAtATime
from tests.faults.world import Functions
from tests.lambdas.events import Context, http_event

REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
REQUESTS = 50


def function() -> ModuleType:
    """`uploads` once more, with a resolver of its own, as in each of Lambda's processes: one takes one request at a time."""
    spec = find_spec("functions.lambdas.uploads")
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def a_create(method: str) -> dict[str, Any]:
    return http_event(
        "POST /documents",
        "/documents",
        claims={"sub": "ada", "token_use": "access"},
        headers={"content-type": "application/json", "idempotency-key": "a-key"},
        body=json.dumps(REQUEST | {"method": method}),
    )


@pytest.mark.parametrize("method", ["PUT", "MULTIPART"])
def test_fifty_creates_with_one_key_in_the_same_moment_make_one_document(
    functions: Functions, method: str, counted: Counted
) -> None:
    together = Barrier(REQUESTS)

    def create(uploads: ModuleType) -> Any:
        together.wait()
        return uploads.lambda_handler(a_create(method), Context())

    with functions.world() as world, world.calls.seen_by(OneAtATime()):
        each_its_own = [function() for _ in range(REQUESTS)]
        with ThreadPoolExecutor(REQUESTS) as pool:
            answers = list(pool.map(create, each_its_own))

        assert [answer["statusCode"] for answer in answers] == [201] * REQUESTS, answers
        [document] = world.documents()
        ids = [json.loads(answer["body"])["document"]["id"] for answer in answers]
        assert ids == [document.id] * REQUESTS
        assert world.account.usage("ada") == (len(PNG), 1)
        assert len(world.account.open_uploads()) == (method == "MULTIPART")
    counted("creates with one key in the same moment", REQUESTS)
