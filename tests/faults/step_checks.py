"""Checks of documents that are ready, by what the scanner has said and by what the API signs."""

import hashlib

from functions import wiring
from functions.domain.document import Document, Status
from functions.domain.steps import SCAN
from tests.faults.simulation import Simulation


def check_ready_documents(simulation: Simulation) -> None:
    """Asserts that each was found clean in its own version, and that the API signs nothing but what its results name."""
    for document in simulation.documents():
        if document.status is Status.READY:
            _check_verdict(simulation, document)
            _check_downloads(simulation, document)


def _check_verdict(simulation: Simulation, document: Document) -> None:
    kind = wiring.kinds().get(document.kind)
    if kind and SCAN in kind.steps:
        assert (document.staging_key, document.staged_version) in simulation.scanner.clean


def _check_downloads(simulation: Simulation, document: Document) -> None:
    for each in document.renditions:
        signed = _sign(document, each.name)
        assert f"versionId={each.version}" in signed
        assert hashlib.sha256(simulation.s3.get(signed).content).hexdigest() == each.sha256
    if document.renditions and document.stored_version is None:
        assert f"versionId={document.renditions[0].version}" in _sign(document, None)


def _sign(document: Document, rendition: str | None) -> str:
    """Returns the URL of a download."""
    answer = wiring.document_service().download(
        document.owner, document.id, rendition=rendition, inline=False, now=wiring.now()
    )
    return answer.signed.url
