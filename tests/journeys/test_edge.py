"""The API behind CloudFront and WAF, through a proxy with the synthesised template of the edge."""

import json
import threading
import time
from collections import Counter
from typing import Any

import httpx
import pytest

from functions.adapters.edge_secrets import RETRY_SECONDS
from functions.domain.edge_names import SECRET_HEADER, secret_name
from local.stack import LocalStack
from operate import edge as edge_secret
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import STACK_NAME, Edge
from tests.journeys.files import mp4, png
from tests.journeys.leaks import read_log_lines
from tests.journeys.multipart_upload import start_upload

STACK = "edge_stack"
_CLIENTS = 2
_LIMIT = 10
"""WAF's least limit of a rate."""


@pytest.fixture(scope="module")
def front(own_stack: LocalStack) -> Edge:
    return Edge(own_stack)


@pytest.fixture(scope="module")
def direct(own_stack: LocalStack, operator: AdminClient) -> str:
    """The API's own URL."""
    return f"http://localhost:{own_stack.emulator.port}/_aws/execute-api/{operator.api_id()}"


def get(url: str, token: str, **headers: str) -> httpx.Response:
    with httpx.Client(timeout=60) as client:
        return client.get(f"{url}/documents?limit=1", headers={"authorization": f"Bearer {token}", **headers})


@pytest.fixture(scope="module")
def token(own_stack: LocalStack) -> str:
    return own_stack.users[0].access_token


def test_every_kind_of_legal_call_passes(user: ApiClient, http: httpx.Client) -> None:
    document = user.upload(
        png(), "a <b> & ../c.png", "image/png", title="<script>", metadata={"a": "http://10.0.0.1/"}
    )
    id, path = document["id"], f"/documents/{document['id']}"
    assert document["status"] == "ready"
    # The kind wants no claim, which the function says and not the edge.
    assert user.request("POST", f"{path}/claim").json()["code"] == "claim_not_required"
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", path, {}),
        ("HEAD", path, {}),
        ("GET", f"{path}/download", {}),
        ("GET", f"{path}/content", {"follow_redirects": False}),
        ("GET", f"{path}/manifest", {}),
        ("GET", "/documents", {"params": {"nameContains": "<b> & ../c", "limit": "5"}}),
        ("GET", "/documents", {"params": {"nameContains": "語" * 255}}),
        ("GET", "/kinds", {}),
        ("GET", "/usage", {}),
        ("PATCH", path, {"json": {"title": "../../etc/passwd"}}),
        ("POST", "/documents/batch-delete", {"json": {"ids": [id]}}),
        ("POST", f"{path}/restore", {}),
        ("DELETE", path, {}),
        ("GET", "/openapi.json", {}),
        ("GET", "/docs", {}),
        ("GET", "/.well-known/jwks.json", {}),
    ]
    statuses = {
        (method, path): user.request(method, path, **more).status_code for method, path, more in calls
    }
    assert not {call: status for call, status in statuses.items() if status not in (200, 204, 307)}


def test_uploads_in_parts_and_in_batches_pass(user: ApiClient) -> None:
    upload = start_upload(user, mp4(5_000))
    upload.put_all()
    assert upload.request_progress().status_code == 200
    assert upload.request_urls(1).status_code == 200
    assert upload.complete_and_wait()["status"] == "ready"
    assert start_upload(user, mp4(5_000)).abort().status_code == 204
    one = {"fileName": "a.png", "size": 100, "contentType": "image/png"}
    batch = user.request("POST", "/documents/batch", json={"documents": [one] * 50})
    assert batch.status_code == 200, batch.text
    assert user.request("POST", "/events/tickets").status_code == 201


def test_60_kb_of_part_numbers_pass_the_rules(user: ApiClient) -> None:
    """The function refuses so many, with its own code."""
    numbers = {"partNumbers": list(range(1, 10_001))}
    answer = user.request("POST", "/documents/0197a0f0-0000-7000-8000-00000000000f/parts", json=numbers)
    assert len(answer.request.content) > 48_000
    assert answer.json()["code"] in ("document_not_found", "too_many_parts_requested", "validation_failed")


def test_a_preflight_is_that_of_the_api(own_stack: LocalStack, http: httpx.Client) -> None:
    headers = {"origin": own_stack.web, "access-control-request-method": "POST"}
    answer = http.options(f"{own_stack.api}/documents", headers=headers)
    assert answer.headers["access-control-allow-origin"] == own_stack.web


@pytest.mark.parametrize("value", [None, "", "wrong", "x" * 4_000])
def test_a_direct_call_is_refused(direct: str, token: str, value: str | None) -> None:
    headers = {} if value is None else {SECRET_HEADER: value}
    answer = get(direct, token, **headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "edge_required"


def test_a_direct_call_without_a_token_is_the_gateways_to_refuse(direct: str) -> None:
    assert httpx.get(f"{direct}/documents").status_code == 401
    assert httpx.get(f"{direct}/openapi.json").json()["code"] == "edge_required"


def test_a_client_can_send_neither_the_secret_nor_an_address(own_stack: LocalStack, token: str) -> None:
    forged = {
        SECRET_HEADER: "wrong",
        "x-forwarded-for": "203.0.113.9",
        "cloudfront-viewer-address": "203.0.113.9:1",
    }
    assert get(own_stack.api, token, **forged).status_code == 200
    with httpx.Client(timeout=60) as client:
        unknown = f"{own_stack.api}/documents/0197a0f0-0000-7000-8000-00000000000f"
        client.get(unknown, headers={"authorization": f"Bearer {token}", **forged})
    line = find_line(own_stack, "document_not_found")
    assert line["ip"] == "127.0.0.1"
    assert len(line["edge_request_id"]) > 10
    assert "203.0.113.9" not in "".join(read_log_lines(own_stack))


def find_line(stack: LocalStack, code: str) -> dict[str, Any]:
    """Returns the newest line with a code."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = [line[line.index("{") :] for line in read_log_lines(stack) if f'"code":"{code}"' in line]
        if lines:
            found: dict[str, Any] = json.loads(lines[-1])
            return found
        time.sleep(0.2)
    raise AssertionError(f"no line with {code}")


def test_unknown_routes_and_large_bodies_do_not_reach_the_api(own_stack: LocalStack, token: str) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with httpx.Client(base_url=own_stack.api, headers=headers, timeout=60) as client:
        answers = [
            client.get("/wp-login.php"),
            client.put("/documents"),
            client.post("/documents", content=b" " * (128 * 1024 + 1)),
            client.post("/documents/batch", content=b" " * (1024 * 1024 + 1)),
        ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (404, "route_not_found"),
        (404, "route_not_found"),
        (413, "payload_too_large"),
        (413, "payload_too_large"),
    ]
    for each in answers:
        assert each.headers["content-type"] == "application/json"
        assert each.headers["access-control-allow-origin"] == "*"
        assert "cloudfront" in each.headers["x-cache"]


def test_a_rate_is_429_with_a_problem_that_a_page_can_read(front: Edge, own_stack: LocalStack) -> None:
    template = front.template
    [acl] = [each for each in template["Resources"].values() if each["Type"] == "AWS::WAFv2::WebACL"]
    for rule in acl["Properties"]["Rules"]:
        if rule["Name"] == "RequestsOfToken":
            rule["Statement"]["RateBasedStatement"]["Limit"] = _LIMIT
    ada, grace = (user.access_token for user in own_stack.users[:2])
    with front.serve(front.read_distribution(template=template)) as (url, _):
        answers = [get(url, ada) for _ in range(_LIMIT + 1)]
        assert get(url, grace).status_code == 200
    assert Counter(each.status_code for each in answers) == {200: _LIMIT, 429: 1}
    assert answers[-1].json()["code"] == "edge_throttled"
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].headers["access-control-expose-headers"] == "Retry-After"


def test_a_rotation_under_load_refuses_no_call(front: Edge, token: str) -> None:
    """Both values are sent in turn while CloudFront changes over, because its servers do so one after the other."""
    statuses: Counter[int] = Counter()
    stop = threading.Event()

    def call(url: str) -> None:
        while not stop.is_set():
            statuses[get(url, token).status_code] += 1

    with front.serve(front.read_distribution("1")) as (url, proxy):
        threads = [threading.Thread(target=call, args=(url,)) for _ in range(_CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            first = front.read_values()["1"]
            assert edge_secret.add(front.deployment) == 2
            time.sleep(RETRY_SECONDS + 1)
            for number in ("2", "1", "2", "1", "2"):
                proxy.deploy(front.read_distribution(number))
                time.sleep(0.3)
            remaining = {"2": front.read_values()["2"]}
            front.deployment.client("secretsmanager").put_secret_value(
                SecretId=secret_name(STACK_NAME), SecretString=json.dumps(remaining)
            )
            time.sleep(1)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            values = {"1": first, "2": front.read_values()["2"]}
            front.deployment.client("secretsmanager").put_secret_value(
                SecretId=secret_name(STACK_NAME), SecretString=json.dumps(values)
            )
    assert set(statuses) == {200}
    assert statuses[200] > 4 * _CLIENTS


def test_nothing_of_an_owner_is_cached(own_stack: LocalStack, token: str) -> None:
    answers = [get(own_stack.api, token) for _ in range(2)]
    assert {each.headers["x-cache"] for each in answers} == {"Miss from cloudfront"}
    assert httpx.get(f"{own_stack.api}/documents?limit=1").status_code == 401
    public = [httpx.get(f"{own_stack.api}/openapi.json") for _ in range(2)]
    assert public[1].headers["x-cache"] == "Hit from cloudfront"
