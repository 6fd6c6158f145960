"""Parts of the command line that need no process: signed manifests, names, exit codes and their page."""

import json
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from joserfc import jws
from joserfc.jwk import ECKey

from airlock_client import (
    AirlockClient,
    AirlockError,
    Document,
    IntegrityError,
    ProblemError,
    SignInRequiredError,
)
from airlock_client.cli.connection import Connection
from airlock_client.cli.exit_codes import ExitCode, to_exit_code
from airlock_client.cli.output import format_size
from airlock_client.cli.sessions import Session, save_session
from airlock_client.cli.tokens import Tokens
from airlock_client.cli.transfers import find_files, read_metadata
from airlock_client.cli.verification import check_claims, read_manifest
from airlock_client.errors import NetworkError
from tests.examples import PNG
from tests.journeys.origins import Handler, serve
from tests.python_client.scripts import SOURCE
from tests.python_client.service import ENDPOINT, TOKEN, Service

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "client-python.md"


class Deployment:
    """A deployment that has signed one manifest. moto's KMS signs a digest of the digest, so this one has a key of its own."""

    def __init__(self, claims: dict[str, Any], typ: str = "airlock-manifest+jwt") -> None:
        key = ECKey.generate_key("P-256")
        self.keys = {"keys": [key.as_dict(private=False)]}
        header = {"alg": "ES256", "typ": typ}
        self.manifest = jws.serialize_compact(header, json.dumps(claims), key)

    def get_manifest(self, document_id: str) -> str:
        return self.manifest

    def get_manifest_keys(self) -> dict[str, Any]:
        return self.keys


CLAIMS = {
    "id": "a",
    "sha256": "0" * 64,
    "iss": "https://api.example",
    "renditions": {"web": {"sha256": "1" * 64}},
}


def test_a_manifest_is_verified() -> None:
    assert read_manifest(Deployment(CLAIMS), "a") == CLAIMS


def test_a_manifest_that_another_key_has_signed_is_refused() -> None:
    deployment = Deployment(CLAIMS)
    deployment.manifest = Deployment(CLAIMS).manifest

    with pytest.raises(IntegrityError, match="signature"):
        read_manifest(deployment, "a")


def test_another_statement_of_the_deployment_is_not_taken_for_a_manifest() -> None:
    with pytest.raises(IntegrityError, match="not a manifest"):
        read_manifest(Deployment(CLAIMS, "jwt"), "a")


def test_a_deployment_without_manifests_has_none(service: Service) -> None:
    service.faults.append(lambda _: httpx.Response(404, json={"message": "Not Found"}))
    with AirlockClient(ENDPOINT, TOKEN, transport=service.transport) as client:
        assert read_manifest(client, "a") is None


@pytest.mark.parametrize(
    ("id", "rendition", "sha256", "issuer", "is_accepted"),
    [
        ("a", None, "0" * 64, None, True),
        ("a", None, "0" * 64, "https://api.example", True),
        ("a", "web", "1" * 64, None, True),
        ("b", None, "0" * 64, None, False),
        ("a", None, "1" * 64, None, False),
        ("a", "web", "0" * 64, None, False),
        ("a", "print", "1" * 64, None, False),
        ("a", None, "0" * 64, "https://other.example", False),
    ],
)
def test_a_manifest_must_name_this_file_and_issuer(
    id: str, rendition: str | None, sha256: str, issuer: str | None, is_accepted: bool
) -> None:
    with nullcontext() if is_accepted else pytest.raises(IntegrityError):
        check_claims(CLAIMS, id, rendition, sha256, issuer)


def test_the_page_has_every_exit_code() -> None:
    table = PAGE.read_text("utf-8").partition("### Exit codes")[2]

    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(ExitCode)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProblemError("document_not_found", "", status=404), ExitCode.ERROR),
        (ProblemError("busy", "", status=503), ExitCode.TEMPORARY),
        (NetworkError(), ExitCode.TEMPORARY),
        (SignInRequiredError(), ExitCode.SIGN_IN_REQUIRED),
        (IntegrityError(""), ExitCode.NOT_THE_SAME),
    ],
    ids=lambda value: value.name if isinstance(value, ExitCode) else type(value).__name__,
)
def test_an_error_has_an_exit_code(error: AirlockError, code: ExitCode) -> None:
    assert to_exit_code(error) == code


def test_a_token_of_a_session_is_sent_to_its_api_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRLOCK_HOME", str(tmp_path))
    tokens = Tokens("a-token", None, expires_at=9e9)
    save_session(tmp_path / "session.json", Session("https://api.example", "oidc", {}, tokens))

    Connection("", "").connect().close()
    Connection("https://api.example/", "").connect().close()
    with pytest.raises(typer.BadParameter):
        Connection("https://other.example", "").connect()


def test_the_files_of_a_folder_are_found_in_order(tmp_path: Path) -> None:
    for name in ("b.png", "a/z.png", "a/b/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    found = [str(path.relative_to(tmp_path)) for path in find_files([str(tmp_path)])]

    assert found == ["a/b/c.png", "a/z.png", "b.png"]


def test_metadata_are_pairs() -> None:
    assert read_metadata(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}
    with pytest.raises(typer.BadParameter):
        read_metadata(["a"])


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1000, "0.977 KiB"), (5_000_000_000, "4.66 GiB")]
)
def test_a_size_has_three_digits(size: int, text: str) -> None:
    assert format_size(size) == text


class _OneDocument(Handler):
    """An API with one document."""

    def do_GET(self) -> None:  # noqa: N802 (http.server)
        document: Document = self.server.state  # type: ignore[attr-defined]
        self.respond(200, json.dumps(document.to_json()).encode(), {"content-type": "application/json"})


@pytest.mark.parametrize(
    ("options", "name"),
    [(["--json"], r'"fileName": "\u732b.png"'), ([], r"name       \u732b.png")],
    ids=["json", "text"],
)
def test_a_name_that_the_encoding_of_a_redirect_lacks_is_printed_with_an_escape(
    service: Service, tmp_path: Path, options: list[str], name: str
) -> None:
    path = tmp_path / "\u732b.png"
    path.write_bytes(PNG)
    with AirlockClient(ENDPOINT, TOKEN, transport=service.transport) as client:
        document = client.upload(path)

    with serve(_OneDocument, document) as origin:
        environment = {"AIRLOCK_ENDPOINT": origin, "AIRLOCK_TOKEN": TOKEN, "AIRLOCK_HOME": str(tmp_path)}
        result = subprocess.run(
            [sys.executable, "-m", "airlock_client", "show", document.id, *options],
            env=environment | {"PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "cp1252"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (result.returncode, result.stderr) == (0, "")
    assert name in result.stdout
