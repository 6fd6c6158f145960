"""ClamAV: the verdict of each answer, and what a real clamd says with the configuration and the signatures of the container."""

import gzip
import io
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.features.scan.clamav import judge, parse_version
from functions.features.scan.clamd import Clamd
from functions.pipeline.step import Passed, Rejected
from operate.canary import CANARIES
from tests.malware import (
    EICAR,
    attach_to_pdf,
    make_zip_bomb,
    nest_zips,
    zip_encrypted,
    zip_many,
    zip_members,
)
from tests.skips import skip_or_fail

CONTAINER = Path(__file__).parents[3] / "functions" / "features" / "scan" / "container"
NEEDS_CLAMD = pytest.mark.skipif(**skip_or_fail("clamd", shutil.which("clamd") is not None))
CHUNK = 1 << 20


def test_only_the_literal_clean_answer_passes() -> None:
    assert judge("stream: OK") == Passed({"engine": "clamav"})


@pytest.mark.parametrize(
    "answer",
    [
        *("", "OK", "stream: ok", " stream: OK", "stream: OK ", "stream: OK\n", "stream: OK\0"),
        *("x stream: OK", "stream: FOUND", "stream:  FOUND", "UNKNOWN COMMAND", "stream: A B FOUND"),
        *("stream: Can't allocate memory ERROR", "COMMAND READ TIMED OUT"),
    ],
)
def test_an_answer_that_is_no_verdict_is_nobodys_fault(answer: str) -> None:
    with pytest.raises(Unavailable):
        judge(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "INSTREAM size limit exceeded. ERROR",
        "stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND",
        "stream: Heuristics.Encrypted.Zip FOUND",
        "stream: Airlock.Unsupported.Zip64.2.UNOFFICIAL FOUND",
    ],
)
def test_what_was_not_looked_into_is_inconclusive(answer: str) -> None:
    verdict = judge(answer)
    assert isinstance(verdict, Rejected)
    assert verdict.code is Code.SCAN_INCONCLUSIVE


@pytest.mark.parametrize(
    ("answer", "facts"),
    [
        (
            "ClamAV 1.4.3/27800/Mon May  4 08:00:00 2026",
            {"engineVersion": "1.4.3", "signatureVersion": "27800"},
        ),
        ("ClamAV 1.0.7", {"engineVersion": "1.0.7"}),
        ("", {}),
        ("UNKNOWN COMMAND", {}),
    ],
)
def test_the_versions_are_what_clamd_names(answer: str, facts: dict[str, str]) -> None:
    assert parse_version(answer) == facts


def test_a_threat_is_named() -> None:
    assert judge("stream: Win.A-1.UNOFFICIAL FOUND") == Rejected(
        Code.MALWARE_FOUND, "Malware was found: Win.A-1."
    )


def test_a_clamd_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Clamd(str(tmp_path / "clamd.sock")).scan([b"x"])


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """A clamd with the files of the container, and the signature of EICAR instead of ClamAV's databases."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "eicar.ndb").write_text(f"EICAR:0:*:{EICAR.hex()}\n")
    shutil.copy(CONTAINER / "unsupported.ndb", folder)
    config = (CONTAINER / "clamd.conf").read_text().replace("/run/clamav", str(folder))
    (folder / "clamd.conf").write_text(config.replace("/var/lib/clamav", str(folder)))
    socket = folder / "clamd.sock"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["clamd", "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not socket.exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield Clamd(str(socket))
    finally:
        process.terminate()
        process.wait(60)


def scan(clamd: Clamd, body: bytes) -> Code | None:
    """Returns the code of the rejection, None for a clean file."""
    chunks = (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))
    verdict = judge(clamd.scan(chunks))
    return verdict.code if isinstance(verdict, Rejected) else None


def zip_with(method: int, *, zip64: bool = False) -> bytes:
    packed, member = io.BytesIO(), zipfile.ZipInfo("a")
    member.compress_type = method
    with zipfile.ZipFile(packed, "w") as archive, archive.open(member, "w", force_zip64=zip64) as file:
        file.write(EICAR)
    return packed.getvalue()


FILES: dict[str, tuple[Callable[[], bytes], Code | None]] = {
    "clean": (lambda: b"hello", None),
    "clean zip": (lambda: zip_members(a=b"hello"), None),
    "plain": (lambda: EICAR, Code.MALWARE_FOUND),
    "zip": (lambda: zip_members(a=EICAR), Code.MALWARE_FOUND),
    "10 zips": (lambda: nest_zips(EICAR, 10), Code.MALWARE_FOUND),
    "gzip": (lambda: gzip.compress(EICAR), Code.MALWARE_FOUND),
    "pdf": (lambda: attach_to_pdf(EICAR), Code.MALWARE_FOUND),
    "60th MB": (lambda: bytes(60_000_000) + EICAR, Code.MALWARE_FOUND),
    "behind 10,500 files": (lambda: zip_many(10_500, EICAR), Code.MALWARE_FOUND),
    "behind 150 MiB of zeros": (lambda: make_zip_bomb(150, EICAR), Code.MALWARE_FOUND),
    "35 zips": (lambda: nest_zips(EICAR, 35), Code.SCAN_INCONCLUSIVE),
    "encrypted": (lambda: zip_encrypted(EICAR), Code.SCAN_INCONCLUSIVE),
    "zip64": (lambda: zip_with(zipfile.ZIP_DEFLATED, zip64=True), Code.SCAN_INCONCLUSIVE),
    "zip64 in a zip": (
        lambda: zip_members(a=zip_with(zipfile.ZIP_DEFLATED, zip64=True)),
        Code.SCAN_INCONCLUSIVE,
    ),
    "lzma zip": (lambda: zip_with(zipfile.ZIP_LZMA), Code.SCAN_INCONCLUSIVE),
    **{f"canary {type_}": (build, Code.MALWARE_FOUND) for type_, (_, build) in CANARIES.items()},
}


@NEEDS_CLAMD
def test_clamd_names_its_version(clamd: Clamd) -> None:
    assert parse_version(clamd.read_version()).keys() >= {"engineVersion"}


@NEEDS_CLAMD
@pytest.mark.parametrize("name", FILES)
def test_clamd_finds_the_malware_or_says_that_it_has_not_looked(clamd: Clamd, name: str) -> None:
    make, code = FILES[name]
    assert scan(clamd, make()) is code
