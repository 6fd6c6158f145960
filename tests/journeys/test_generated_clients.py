"""Clients that generators make of the API description have typed problems, and no generator drops a part of it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.http import openapi
from tests.journeys.npm import install_packages, run_script

_PROGRAM = Path(__file__).parent / "generated"
_GENERATOR = "node_modules/openapi-typescript/bin/cli.js"
_ARGUMENTS = ("--path", "openapi.json", "--config", "config.yml", "--meta", "none", "--fail-on-warning")
_CONFIG = """
project_name_override: generated_client
post_hooks: []
content_type_overrides:
  application/jose: text/plain
"""
"""The generator knows no type of a JWS, which is text."""
_COMPILER = "node_modules/typescript/bin/tsc"


def test_a_strict_typescript_program_compiles_on_the_generated_types() -> None:
    """tsc also fails where a line below `@ts-expect-error` compiles, so wrong codes and statuses are errors."""
    folder = install_packages("generated", sorted(_PROGRAM.iterdir()))
    run_script(folder, _GENERATOR, str(openapi.DESCRIPTION), "--output", "schema.ts")
    run_script(folder, _COMPILER, "--project", ".")


@pytest.fixture(scope="module")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the generated package, which can be imported while the tests run."""
    folder = tmp_path_factory.mktemp("generated")
    shutil.copy(openapi.DESCRIPTION, folder / "openapi.json")
    (folder / "config.yml").write_text(_CONFIG)
    result = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *_ARGUMENTS],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    sys.path.insert(0, str(folder))
    yield "generated_client"
    sys.path.remove(str(folder))


def test_openapi_python_client_understands_the_whole_description(python_client: str) -> None:
    operations = [
        operation["operationId"]
        for methods in json.loads(openapi.read_description())["paths"].values()
        for operation in methods.values()
    ]
    package = Path(import_module(python_client).__file__ or "").parent
    generated = {path.stem.replace("_", "") for path in (package / "api").glob("*/*.py")}
    assert {operation.lower() for operation in operations} <= generated


def test_a_generated_python_client_reads_documents_and_problems(python_client: str) -> None:
    api = import_module(f"{python_client}.api.uploads.create_document")
    models = import_module(f"{python_client}.models")
    request = models.CreateRequest(file_name="a.exe", size=1)

    problem = _call(python_client, api, request, 415, {"code": "content_type_not_allowed"})

    assert problem.status_code == 415
    assert problem.parsed.code == "content_type_not_allowed"
    assert problem.parsed.status == 415
    assert problem.parsed.detail == "No."


def _call(package: str, api: Any, request: Any, status: int, problem: dict[str, Any]) -> Any:
    """Returns the detailed response of the generated client to a problem."""
    body = {"type": "about:blank", "title": "No", "detail": "No.", "instance": "/", "requestId": "1"}
    headers = {"content-type": "application/problem+json"}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(
            status, content=json.dumps(body | {"status": status} | problem), headers=headers
        )

    client = import_module(package).AuthenticatedClient("https://api.example.com", "token")
    client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(answer), base_url=client._base_url))
    return api.sync_detailed(client=client, body=request)
