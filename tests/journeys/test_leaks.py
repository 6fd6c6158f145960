"""No log line contains a credential, a signature or a file name. conftest.py checks the logs of all other journeys."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4, png
from tests.journeys.leaks import find_leaks, read_log_lines
from tests.journeys.multipart_upload import start_upload
from tests.journeys.roles import Permission, Roles

NAME = "a-confidential-name"
_SECRETS = re.compile(
    r"""X-Amz-(?:Signature|Security-Token)(?:=|":\s*")([^&"\s]+)  # in a URL, or a field of a form
      | [?&]Signature=([^&"\s]+)                               # in a URL of CloudFront
      | "\d+":\s*"([0-9a-f]{64})"                               # in a compact batch""",
    re.VERBOSE | re.IGNORECASE,
)

_PLACEHOLDER = "{signature}"
"""Stands for the signature in the URL template of a compact batch."""
_LEAST = 6
"""The access token, a session token, and the signatures of a PUT, a form, a part and a download. URLs of S3 that are signed in
one second for one object are equal.
"""


@dataclass
class SecretCollector:
    """Collects every signature and token that is sent or received."""

    secrets: set[str] = field(default_factory=set, repr=False)

    def request(self, request: httpx.Request) -> None:
        if authorization := request.headers.get("authorization"):
            self.secrets.add(authorization.partition(" ")[2])

    def response(self, response: httpx.Response) -> None:
        response.read()
        text = f"{response.request.url} {response.headers.get('location')} {response.text}"
        found = {secret for groups in _SECRETS.findall(text) for secret in groups if secret}
        self.secrets |= (found | {unquote(secret) for secret in found}) - {_PLACEHOLDER}


@pytest.fixture
def collector() -> SecretCollector:
    return SecretCollector()


@pytest.fixture
def user(stack: LocalStack, collector: SecretCollector) -> Iterator[ApiClient]:
    hooks: dict[str, list[Callable[..., Any]]] = {
        "request": [collector.request],
        "response": [collector.response],
    }
    with httpx.Client(timeout=60, event_hooks=hooks) as http:
        yield ApiClient(stack.api, stack.users[0].access_token, http)


def test_no_log_contains_a_signature_a_token_or_a_file_name(
    stack: LocalStack, user: ApiClient, collector: SecretCollector
) -> None:
    data = png()
    created = user.create(data, f"{NAME}.png", "image/png")
    assert user.put(created["upload"], data).status_code == 200
    document = user.wait_until_processed(created["document"]["id"])
    assert user.http.get(user.get_download_url(document["id"])).content == data
    assert user.request("GET", f"/documents/{document['id']}/content").status_code == 307
    user.create(data, f"{NAME}.png", "image/png", method="POST", kind="form")
    upload = start_upload(user, mp4(1000))
    assert upload.request_urls(1, compact=True).status_code == 200
    upload.put_all()
    upload.complete_and_wait()
    user.request("POST", "/documents", content=b"{" + NAME.encode())
    user.put(created["upload"], b"other bytes")

    assert len(collector.secrets) >= _LEAST
    lines = read_log_lines(stack)
    assert all([line for line in lines if message in line] for message in ('"batch"', '"problem"'))
    assert find_leaks(lines, {*collector.secrets, NAME}) == []


def test_the_log_of_a_crash_contains_none_of_them(
    stack: LocalStack, user: ApiClient, collector: SecretCollector
) -> None:
    admin = AdminClient(stack)
    document_id = user.create(png(), f"{NAME}.png", "image/png")["document"]["id"]
    admin.update_item(document_id, v=99)
    try:
        assert user.request("PATCH", f"/documents/{document_id}", json={"title": NAME}).status_code == 500
    finally:
        admin.update_item(document_id, v=1)

    lines = read_log_lines(stack)
    assert [line for line in lines if "SchemaVersionError" in line]
    assert find_leaks(lines, {*collector.secrets, NAME}) == []


def test_the_log_of_a_missing_right_names_it_and_contains_none_of_them(
    stack: LocalStack, user: ApiClient, collector: SecretCollector
) -> None:
    request = {"fileName": f"{NAME}.png", "size": 1, "contentType": "image/png", "title": NAME}
    with Roles(stack).remove(Permission("Uploads", "dynamodb:PutItem", "table")):
        assert user.request("POST", "/documents", json=request).status_code == 503

    lines = read_log_lines(stack)
    assert [line for line in lines if "AccessDenied" in line]
    assert find_leaks(lines, {*collector.secrets, NAME}) == []


@pytest.mark.parametrize(
    "line",
    [
        "GET https://b.s3.amazonaws.com/staging/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00ff",
        '{"headers": {"authorization": "Bearer x"}}',
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
        "key ASIAIOSFODNN7EXAMPLE",
        "GET https://d1.cloudfront.net/documents/a?Expires=1&Signature=00ff&Key-Pair-Id=K1",
        "the known one",
    ],
)
def test_a_leak_is_found_and_not_repeated(line: str) -> None:
    [found] = find_leaks([f"somewhere {line}", "harmless"], {"known one"})
    assert found.startswith("somewhere ")
    assert "00ff" not in found
    assert "known one" not in found
