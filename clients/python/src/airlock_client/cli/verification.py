"""The command `verify`: a file on disk against the record and, where the deployment signs them, the manifest."""

import json
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from airlock_client import Document, IntegrityError, ProblemError
from airlock_client._partial_file import compute_file_sha256
from airlock_client.cli.connection import connect
from airlock_client.cli.options import JsonOption, RenditionOption
from airlock_client.cli.output import print_json, print_line

_TYPE = "airlock-manifest+jwt"
_NOT_DEPLOYED = ("http_404", "route_not_found")
"""A path that API Gateway does not know has no problem. Behind CloudFront it has one."""


class ManifestSource(Protocol):
    """A client, as far as manifests are concerned."""

    def get_manifest(self, document_id: str, /) -> str: ...
    def get_manifest_keys(self) -> dict[str, Any]: ...


def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="File on disk.")],
    id: Annotated[str, typer.Argument(help="Id of the document.")],
    rendition: RenditionOption = None,
    issuer: Annotated[
        str | None, typer.Option(help="The issuer that the manifest must have; without it, any.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compares a file with the SHA-256 of the record, and with the signed manifest if there is one. Exit code 6: another file."""
    with connect(context) as client:
        document = client.get(id)
        size, sha256 = _expect(document, rendition)
        found = compute_file_sha256(file)
        if (file.stat().st_size, found) != (size, sha256):
            raise IntegrityError(f"{file} is not the document {id}")
        claims = read_manifest(client, id)
    if claims is not None:
        check_claims(claims, id, rendition, found, issuer)
    elif issuer:
        raise IntegrityError("The deployment signs no manifests.")
    if as_json:
        print_json({"id": id, "file": str(file), "sha256": found, "manifest": claims})
        return
    signed = f"and to the manifest of {claims['iss']}" if claims else "(the deployment signs no manifests)"
    print_line(f"{file} is identical to the record {signed}")


def add_commands(app: typer.Typer) -> None:
    app.command()(verify)


def _expect(document: Document, rendition: str | None) -> tuple[int, str]:
    """Returns the size and the SHA-256 of the record. Raises IntegrityError without one."""
    if rendition is not None:
        if rendition not in document.renditions:
            raise IntegrityError(f"The document has no rendition {rendition}")
        found = document.renditions[rendition]
        return found.size, found.sha256
    if document.sha256 is None:
        raise IntegrityError("The record has no SHA-256: it is not ready, or it has more than 5 GiB")
    return document.size, document.sha256


def read_manifest(client: ManifestSource, id: str) -> dict[str, Any] | None:
    """Returns the claims, whose signature is verified, or None where the API has no such route."""
    try:
        manifest = client.get_manifest(id)
    except ProblemError as error:
        if error.code in _NOT_DEPLOYED:
            return None
        raise
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        keys = KeySet.import_key_set(client.get_manifest_keys())  # type: ignore[arg-type]
        verified = jws.deserialize_compact(manifest.strip(), keys, algorithms=["ES256"])
    except JoseError:
        raise IntegrityError("The signature of the manifest is not valid.") from None
    if verified.headers().get("typ") != _TYPE:
        raise IntegrityError("The statement is not a manifest.")
    claims: dict[str, Any] = json.loads(verified.payload)
    return claims


def check_claims(
    claims: dict[str, Any], id: str, rendition: str | None, sha256: str, issuer: str | None
) -> None:
    """Raises IntegrityError for the manifest of another file or issuer."""
    signed = claims["renditions"].get(rendition, {}) if rendition is not None else claims
    if (claims["id"], signed.get("sha256")) != (id, sha256):
        raise IntegrityError("The manifest is that of another file.")
    if issuer is not None and claims["iss"] != issuer:
        raise IntegrityError(f"The manifest is that of {claims['iss']}.")
