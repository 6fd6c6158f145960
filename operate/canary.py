"""The canary of `smoke`: a file with the EICAR test string, which the malware scanner of a deployment must find.

The string is no malware. It is split here, because a scanner would report this file too.
https://www.eicar.org/download-anti-malware-testfile/
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from functions.domain.codes import Code
from functions.domain.steps import SCAN
from operate.errors import OperateError
from operate.smoke_upload import Sample, SmokeRun

LABEL = "EICAR"
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_METHOD = "MULTIPART"
"""The method whose staged bytes the pipeline deletes at once. Those of a PUT stay until their URL has expired."""


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eicar.txt", _EICAR)
    return packed.getvalue()


def _pdf() -> bytes:
    """Returns a PDF that has the string as an attachment. Its table of objects is left out: readers rebuild one."""
    packed = zlib.compress(_EICAR)
    return b"".join(
        (
            b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 3 0 R]>>>>>>endobj\n",
            b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
            b"3 0 obj<</Type/Filespec/F(eicar.txt)/EF<</F 4 0 R>>>>endobj\n4 0 obj",
            b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n" % len(packed),
            packed,
            b"\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        )
    )


CANARIES: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "text/plain": ("eicar.txt", lambda: _EICAR),
    "application/zip": ("eicar.zip", _zip),
    "application/gzip": ("eicar.gz", lambda: gzip.compress(_EICAR)),
    "application/pdf": ("eicar.pdf", _pdf),
}
"""Content type -> file name, and the function that builds the file. The first one that a kind accepts is sent."""


def has_scan(kinds: Sequence[dict[str, Any]]) -> bool:
    """Returns True if a kind of the deployment lists the step `scan`."""
    return any(SCAN in kind["steps"] for kind in kinds)


def choose_canary(kinds: Sequence[dict[str, Any]]) -> Sample | None:
    """Returns the canary for a kind that lists the step `scan`, None if there is no such kind that accepts one."""
    scanned = [kind for kind in kinds if SCAN in kind["steps"]]
    for content_type, (name, build) in CANARIES.items():
        for kind in scanned:
            if content_type in kind["contentTypes"]:
                return Sample(LABEL, _METHOD, kind["name"], content_type, name, build())
    return None


def send_canary(run: SmokeRun, canary: Sample) -> str:
    """Returns what the scanner has found. Raises OperateError unless the canary is rejected and cannot be downloaded."""
    document_id = run.upload(canary)
    with run.client.step(f"{LABEL} rejected"):
        document = run.client.wait_until_processed(document_id)
        outcome = (document["status"], document.get("reason"))
        if outcome != ("rejected", Code.MALWARE_FOUND):
            raise OperateError(
                f"the document is {outcome[0]} ({outcome[1]}) instead of rejected ({Code.MALWARE_FOUND.value}): "
                "files of this kind are not scanned as they must be"
            )
        run.client.call("GET", f"/documents/{document_id}/download", expected=(409,))
    return next(str(step["detail"]) for step in document["steps"] if step["name"] == SCAN)
