"""No log line of any journey opens anything. What the other journeys of a run have written is looked at when their stack
ends, in conftest.py; here are those that are made to leak.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.client import Client
from tests.journeys.files import mp4, png
from tests.journeys.leaks import leaks, log_lines
from tests.journeys.parts import begin
from tests.journeys.roles import Permission, Roles

NAME = "a-name-that-is-nobodys-business"
_SECRETS = re.compile(
    r"""X-Amz-(?:Signature|Security-Token)(?:=|":\s*")([^&"\s]+)  # in a URL, or a field of a form
      | "\d+":\s*"([0-9a-f]{64})"                               # in a compact window""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass
class Overheard:
    """Every signature and token that went over the line."""

    secrets: set[str] = field(default_factory=set, repr=False)

    def request(self, request: httpx.Request) -> None:
        self.secrets.add(request.headers.get("authorization", "Bearer of-nobody").partition(" ")[2])

    def response(self, response: httpx.Response) -> None:
        response.read()
        text = f"{response.request.url} {response.headers.get('location')} {response.text}"
        found = {secret for groups in _SECRETS.findall(text) for secret in groups if secret}
        self.secrets |= found | {unquote(secret) for secret in found}


@pytest.fixture
def overheard() -> Overheard:
    return Overheard()


@pytest.fixture
def user(stack: LocalStack, overheard: Overheard) -> Iterator[Client]:
    hooks: dict[str, list[Callable[..., Any]]] = {
        "request": [overheard.request],
        "response": [overheard.response],
    }
    with httpx.Client(timeout=60, event_hooks=hooks) as http:
        yield Client(stack.api, stack.users[0].access_token, http)


def test_no_log_holds_a_signature_a_token_or_a_name(
    stack: LocalStack, user: Client, overheard: Overheard
) -> None:
    data = png()
    created = user.create(data, f"{NAME}.png", "image/png")
    assert user.put(created["upload"], data).status_code == 200
    document = user.settled(created["document"]["id"])
    assert user.http.get(user.download_url(document["id"])).content == data
    assert user.call("GET", f"/documents/{document['id']}/content").status_code == 307
    user.create(data, f"{NAME}.png", "image/png", method="POST")
    upload = begin(user, mp4(1000))
    assert upload.more(1, compact=True).status_code == 200
    upload.send()
    upload.finished()
    user.call("POST", "/documents", content=b"{" + NAME.encode())
    user.put(created["upload"], b"other bytes")

    heard = len(overheard.secrets)
    assert heard > 8
    lines = log_lines(stack)
    assert all([line for line in lines if message in line] for message in ('"batch"', '"problem"'))
    assert leaks(lines, {*overheard.secrets, NAME}) == []


def test_a_crash_says_nothing_of_them_either(stack: LocalStack, user: Client, overheard: Overheard) -> None:
    request = {"fileName": f"{NAME}.png", "size": 1, "contentType": "image/png", "title": NAME}
    with Roles(stack).without(Permission("Uploads", "dynamodb:PutItem", "table")):
        assert user.call("POST", "/documents", json=request).status_code == 500

    lines = log_lines(stack)
    assert [line for line in lines if "AccessDenied" in line]
    assert leaks(lines, {*overheard.secrets, NAME}) == []


@pytest.mark.parametrize(
    "line",
    [
        "GET https://b.s3.amazonaws.com/staging/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00ff",
        '{"headers": {"authorization": "Bearer x"}}',
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
        "key ASIAIOSFODNN7EXAMPLE",
        "the known one",
    ],
)
def test_what_opens_something_is_found_and_not_repeated(line: str) -> None:
    [found] = leaks([f"somewhere {line}", "harmless"], {"known one"})
    assert found.startswith("somewhere ")
    assert "00ff" not in found
    assert "known one" not in found
