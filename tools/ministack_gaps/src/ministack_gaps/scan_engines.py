"""Malware scan engines for the stand-in of GuardDuty: clamd where it is installed, else one that knows EICAR only.

clamd runs with signatures of its own, because a download of ClamAV's takes minutes and more than a gigabyte of memory. Both
engines read them from the folder `signatures` in TMPDIR, so that a test can teach them more. clamd reads them again after RELOAD.
"""

import logging
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test string that every engine reports. It is split, because an engine on this machine would report this file."""
CLEAN, UNSUPPORTED = "", "unsupported"
SOCKET = "clamd.sock"
"""Name of clamd's socket in TMPDIR. While a test has renamed it, the engine is out of order."""
SIGNATURES = "signatures"
"""Name of the folder with signatures in TMPDIR: files `*.ndb` with lines `name:0:*:hex`, which find plain bytes."""
_CHUNK = 1 << 20
_START_TIMEOUT = 30.0
_LIMIT = (2 << 30) - 1
"""Bytes. clamd takes no larger limit. A limit that is exceeded is reported, and nothing is skipped in silence."""
_CONFIG = """
Foreground yes
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength {limit}
MaxFileSize {limit}
MaxScanSize {limit}
MaxFiles 0
MaxScanTime 0
AlertExceedsMax yes
AlertEncrypted yes
"""


class EngineError(Exception):
    """The engine is out of order, or has said something that is no verdict."""


class Engine(Protocol):
    """A malware scan engine."""

    name: str

    def scan(self, body: bytes) -> str:
        """Returns CLEAN, UNSUPPORTED for a file that it cannot look into, or the name of the threat. Raises EngineError."""


class EicarEngine:
    """Finds plain bytes, those of EICAR unless a test adds others, and looks into no archive."""

    name = "EICAR only (clamd is not installed)"

    def __init__(self, folder: Path) -> None:
        self._signatures = _write_signatures(folder)

    def scan(self, body: bytes) -> str:
        for file in sorted(self._signatures.glob("*.ndb")):
            for line in file.read_text("ascii").split():
                name, *_, pattern = line.split(":")
                if bytes.fromhex(pattern) in body:
                    return name
        return CLEAN


class Clamd:
    """A clamd process with the signature of EICAR. It ends with the process group of this process."""

    name = "clamd"

    def __init__(self, program: str, folder: Path) -> None:
        self._socket = folder / SOCKET
        self._start(program, folder)

    def _start(self, program: str, folder: Path) -> None:
        _write_signatures(folder)
        config = folder / "clamd.conf"
        config.write_text(_CONFIG.format(folder=folder, limit=_LIMIT))
        with (folder / "clamd.log").open("wb") as log:
            command = [program, "-c", str(config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - no shell
        deadline = time.monotonic() + _START_TIMEOUT
        while not self._socket.exists() and self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)

    def scan(self, body: bytes) -> str:
        try:
            answer = b"".join(self._stream(body))
        except OSError as error:
            raise EngineError(str(error)) from error
        if answer == b"stream: OK\0":
            return CLEAN
        if not answer.endswith(b" FOUND\0"):
            raise EngineError(answer.decode(errors="replace"))
        threat = answer.removeprefix(b"stream: ").removesuffix(b" FOUND\0").decode(errors="replace")
        return UNSUPPORTED if threat.startswith("Heuristics.") else threat

    def _stream(self, body: bytes) -> Iterator[bytes]:
        with socket.socket(socket.AF_UNIX) as clamd:
            clamd.connect(str(self._socket))
            clamd.sendall(b"zINSTREAM\0")
            for start in range(0, len(body), _CHUNK):
                chunk = body[start : start + _CHUNK]
                clamd.sendall(struct.pack(">I", len(chunk)) + chunk)
            clamd.sendall(struct.pack(">I", 0))
            while part := clamd.recv(4096):
                yield part


def _write_signatures(folder: Path) -> Path:
    """Returns the folder of the signatures, which then has that of EICAR."""
    signatures = folder / SIGNATURES
    signatures.mkdir(parents=True)
    (signatures / "eicar.ndb").write_text(f"EICAR-Test-File:0:*:{EICAR.hex()}\n")
    return signatures


_logger = logging.getLogger(__name__)
_lock = threading.Lock()
_engines: list[Engine] = []


def find_engine() -> Engine:
    """Returns the engine of this process, which the first call starts and logs."""
    with _lock:
        if not _engines:
            program, folder = shutil.which("clamd"), Path(os.environ.get("TMPDIR") or tempfile.mkdtemp())
            _engines.append(Clamd(program, folder) if program else EicarEngine(folder))
            _logger.warning("GuardDuty's stand-in scans with %s", _engines[0].name)
        return _engines[0]
