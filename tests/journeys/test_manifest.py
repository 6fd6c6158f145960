"""Signed manifests on the deployed template, verified by the programs of docs/manifest.md, which use independent libraries."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.npm import NODE, install_packages
from tests.journeys.roles import Permission, Roles

STACK = "example_stack"
PAGE = Path(__file__).parents[2] / "docs" / "manifest.md"
CLIENT = Path(__file__).parents[2] / "clients/js/src/index.js"
PACKAGES = Path(__file__).parent / "jose"
TEXT = b"Nothing to hide here, and nobody may change it."


@dataclass(frozen=True)
class Verifier:
    """One program of the page. It gets a manifest and a file on disk, and succeeds if they belong together."""

    command: list[str]
    api: str
    issuer: str
    folder: Path

    def accepts(self, manifest: str, data: bytes, issuer: str | None = None) -> bool:
        (self.folder / "manifest.jws").write_text(manifest)
        (self.folder / "file").write_bytes(data)
        files = [str(self.folder / "manifest.jws"), str(self.folder / "file")]
        command = [*self.command, self.api, issuer or self.issuer, *files]
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


@pytest.fixture(scope="module")
def document(user: ApiClient) -> dict[str, Any]:
    ready = user.upload(TEXT, "a.txt", "text/plain", kind="reporting")
    assert ready["status"] == "ready"
    return ready


@pytest.fixture(scope="module")
def manifest(user: ApiClient, document: dict[str, Any]) -> str:
    response = user.request("GET", f"/documents/{document['id']}/manifest")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/jose"
    return response.text


def test_the_client_for_javascript_returns_the_manifest(
    own_stack: LocalStack, document: dict[str, Any], verifier: Verifier
) -> None:
    access = json.dumps({"endpoint": own_stack.api, "token": own_stack.users[0].access_token})
    script = f"""
      const {{ Airlock }} = await import({json.dumps(CLIENT.as_uri())});
      const {{ endpoint, token }} = {access};
      const airlock = new Airlock({{ endpoint, getToken: async () => token }});
      console.log(await airlock.manifest({json.dumps(document["id"])}));
    """
    command = [str(NODE), "--input-type=module", "--eval", script]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert verifier.accepts(printed.strip(), TEXT)


def read_program(language: str) -> str:
    [program] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len([line for line in program.splitlines() if line]) <= 10
    return str(program)


@pytest.fixture(scope="module", params=["python", "js"])
def verifier(
    request: pytest.FixtureRequest, user: ApiClient, manifest: str, tmp_path_factory: pytest.TempPathFactory
) -> Verifier:
    folder, language = tmp_path_factory.mktemp(request.param), request.param
    claims = decode(manifest.split(".")[1])
    if language == "python":
        program, interpreter = folder / "verify.py", sys.executable
    else:
        packages = install_packages("jose", sorted(PACKAGES.iterdir()))
        program, interpreter = packages / "verify.js", str(NODE)
    program.write_text(read_program(language))
    return Verifier([interpreter, str(program)], user.api, claims["iss"], folder)


def decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encode(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_the_file_that_passed_is_accepted_and_no_other(
    verifier: Verifier, manifest: str, user: ApiClient, document: dict[str, Any]
) -> None:
    downloaded = user.http.get(user.get_download_url(document["id"])).content
    assert verifier.accepts(manifest, downloaded)
    assert not verifier.accepts(manifest, downloaded + b"\n")
    assert not verifier.accepts(manifest, downloaded, issuer="https://another.example")


def test_a_statement_that_was_changed_is_refused(verifier: Verifier, manifest: str) -> None:
    header, claims, signature = manifest.split(".")
    other = b"Another file."
    forged = encode(decode(claims) | {"sha256": hashlib.sha256(other).hexdigest()})
    assert not verifier.accepts(f"{header}.{forged}.{signature}", other)
    unsigned = encode(decode(header) | {"alg": "none"})
    assert not verifier.accepts(f"{unsigned}.{claims}.", TEXT)
    assert not verifier.accepts(f"{header}.{claims}.{signature[:-4]}AAAA", TEXT)


def test_the_manifest_says_what_the_api_says(manifest: str, document: dict[str, Any]) -> None:
    claims = decode(manifest.split(".")[1])
    for name in ("id", "fileName", "size", "contentType", "sha256", "createdAt"):
        assert claims[name] == document[name], name
    assert [step["name"] for step in claims["steps"]] == [step["name"] for step in document["steps"]]
    assert claims["versionId"]


def test_nobody_else_gets_a_manifest_and_nobody_without_a_token(
    own_stack: LocalStack, http: httpx.Client, document: dict[str, Any]
) -> None:
    path = f"/documents/{document['id']}/manifest"
    other = ApiClient(own_stack.api, own_stack.users[1].access_token, http)
    assert other.request("GET", path).status_code == 404
    assert http.get(own_stack.api + path).status_code == 401


def test_everybody_gets_the_public_keys_and_nothing_private(user: ApiClient) -> None:
    response = user.http.get(f"{user.api}/.well-known/jwks.json")
    assert response.headers["cache-control"] == "public, max-age=3600"
    [key] = response.json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_each_permission_of_the_function_is_needed(
    user: ApiClient, roles: Roles, operator: AdminClient, document: dict[str, Any]
) -> None:
    granted = {each for each in roles.list_permissions() if each.function == "Manifests"}
    own = {
        Permission("Manifests", "dynamodb:GetItem", "table"),
        Permission("Manifests", "kms:Sign", "key"),
        Permission("Manifests", "kms:GetPublicKey", "key"),
    }
    assert {each for each in granted if each.resource != "log"} == own
    path = f"/documents/{document['id']}/manifest"
    for permission in sorted(own):
        # The public key is read once, so the removal must come before the start of the function.
        with roles.remove(permission), operator.override_settings("Manifests", RESTARTED=1):
            assert user.request("GET", path).status_code >= 500, permission
        assert user.request("GET", path).status_code == 200
