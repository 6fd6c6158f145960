"""The Python client of a back end: tokens for machines, and documents on behalf of owners."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from airlock_client import AirlockClient, ClientCredentials
from airlock_client._owner import name_owner
from airlock_client.errors import AirlockError, NetworkError, ProblemError, SignInRequiredError
from functions.http.route import Route
from functions.http.routes import ROUTES

URL = "https://issuer.example/oauth2/token"


class Issuer:
    """An endpoint for tokens, each of which is valid for an hour."""

    def __init__(self, response: httpx.Response | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self.response = response
        self.now = 0.0

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        token = f"token {len(self.requests)}"
        return self.response or httpx.Response(200, json={"access_token": token, "expires_in": 3600})

    def credentials(self, **more: Any) -> ClientCredentials:
        transport = httpx.MockTransport(self.respond)
        return ClientCredentials(URL, "id", "secret", transport=transport, clock=lambda: self.now, **more)


def test_a_token_is_kept_until_shortly_before_it_expires() -> None:
    issuer = Issuer()
    token = issuer.credentials()
    assert [token(False), token(False)] == ["token 1", "token 1"]
    issuer.now = 3539
    assert token(False) == "token 1"
    issuer.now = 3540
    assert token(False) == "token 2"


def test_a_token_that_was_refused_is_replaced() -> None:
    token = Issuer().credentials()
    assert [token(False), token(True), token(False)] == ["token 1", "token 2", "token 2"]


def test_the_secret_is_sent_as_the_password_of_the_client() -> None:
    issuer = Issuer()
    issuer.credentials(scope="machines")(False)
    [request] = issuer.requests
    assert request.headers["authorization"] == "Basic aWQ6c2VjcmV0"
    assert request.content == b"grant_type=client_credentials&scope=machines"


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(400, json={"error": "invalid_client"}), SignInRequiredError),
        (httpx.Response(200, text="no JSON"), SignInRequiredError),
        (httpx.Response(503), ProblemError),
    ],
    ids=["wrong secret", "no token", "busy"],
)
def test_no_token_is_an_error_of_the_client(response: httpx.Response, error: type[Exception]) -> None:
    with pytest.raises(error):
        Issuer(response).credentials()(False)


def test_an_issuer_that_is_not_there_is_a_lost_connection() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    token = ClientCredentials(URL, "id", "secret", transport=httpx.MockTransport(refuse))
    with pytest.raises(NetworkError):
        token(False)


class RecordedApi:
    """Records requests of a client, and refuses each."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(404, json={"code": "document_not_found", "detail": "No."})

    def send(self, method: str, *arguments: Any, owner: str | None = "ada") -> httpx.Request:
        """Returns the request that a method of the client sends."""
        transport = httpx.MockTransport(self.respond)
        client = AirlockClient("https://api.example", "t", on_behalf_of=owner, transport=transport)
        with client, pytest.raises(ProblemError):
            getattr(client, method)(*arguments)
        return self.requests[-1]


@pytest.mark.parametrize("method", ["get", "get_download", "claim", "delete", "abort"])
def test_a_request_about_a_document_names_the_owner_in_its_query(method: str) -> None:
    assert RecordedApi().send(method, "d").url.params["onBehalfOf"] == "ada"
    assert "onBehalfOf" not in RecordedApi().send(method, "d", owner=None).url.params


def test_a_create_names_the_owner_in_its_body(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    request = RecordedApi().send("upload", path)
    assert json.loads(request.content)["onBehalfOf"] == "ada"
    assert "onBehalfOf" not in request.url.params


def test_a_request_about_the_deployment_names_no_owner() -> None:
    assert "onBehalfOf" not in RecordedApi().send("list_kinds").url.params


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("list_page", ()),
        ("update", ("d", {})),
        ("restore", ("d",)),
        ("delete_many", (["d"],)),
        ("get_usage", ()),
        ("get_manifest", ("d",)),
    ],
)
def test_what_is_not_offered_for_an_owner_is_refused_and_not_done_to_the_machine(
    method: str, arguments: tuple[Any, ...]
) -> None:
    api = RecordedApi()
    client = AirlockClient("https://api.example", "t", transport=httpx.MockTransport(api.respond))
    with client, pytest.raises(AirlockError, match="on_behalf_not_offered"):
        getattr(client.for_owner("ada"), method)(*arguments)
    assert api.requests == []


OF_THE_DEPLOYMENT = {"listKinds", "getKeySet"}


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.operation_id not in OF_THE_DEPLOYMENT],
    ids=lambda route: route.operation_id,
)
def test_an_owner_is_named_where_the_api_offers_it_and_nowhere_else(route: Route) -> None:
    path = route.path.replace("{id}", "d")
    with nullcontext() if route.is_for_machines else pytest.raises(AirlockError):
        assert "onBehalfOf" in str(name_owner("ada", route.method, path, {}, None))


def test_one_client_serves_several_owners() -> None:
    api = RecordedApi()
    transport = httpx.MockTransport(api.respond)
    with AirlockClient("https://api.example", "t", transport=transport) as client:
        for owner in ("ada", "grace"):
            with pytest.raises(ProblemError):
                client.for_owner(owner).get("d")
        with pytest.raises(ProblemError):
            client.get("d")
    assert [request.url.params.get("onBehalfOf") for request in api.requests] == ["ada", "grace", None]


def test_an_upload_for_one_owner_does_not_resume_that_for_another(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    names = set()
    for owner in ("ada", "grace", None):
        folder = tmp_path / f"state-{owner}"
        client = AirlockClient(
            "https://api.example",
            "t",
            on_behalf_of=owner,
            resume_folder=folder,
            transport=httpx.MockTransport(RecordedApi().respond),
        )
        with client, pytest.raises(ProblemError):
            client.upload(tmp_path / "a.txt")
        names |= {path.name for path in folder.iterdir()}
    assert len(names) == 3
