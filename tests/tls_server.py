"""An https server on 127.0.0.1 that answers as a test orders, on the level of bytes, and its own certificate authority."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"
_TIMEOUT = 30
"""Seconds after which a connection that hangs ends, so that no thread stays."""


@dataclass(frozen=True)
class Request:
    """A request as it came. `server_name` is the SNI of the handshake."""

    line: str
    headers: dict[str, str]
    body: bytes
    server_name: str | None


Respond = Callable[[Request, socket.socket], None]
"""Writes the response. The connection is closed afterwards."""


def respond(status: int = 204, **headers: str) -> Respond:
    """Returns the function that responds with this status, with `-` for `_` in the names of headers."""

    def write(_request: Request, connection: socket.socket) -> None:
        connection.sendall(write_head(status, **headers))

    return write


def write_head(status: int, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Because\r\nConnection: close\r\n{lines}\r\n".encode()


@dataclass
class TlsServer:
    """`requests` are those that came. `respond` may be replaced at any time."""

    port: int
    ca_file: Path
    """The certificate that a client has to trust."""
    respond: Respond
    requests: list[Request] = field(default_factory=list)


@contextmanager
def start_tls_server(folder: Path, host: str, answer: Respond | None = None) -> Iterator[TlsServer]:
    """Starts a server whose certificate is valid for `host`, and stops it at the end of the context."""
    certificate = _write_certificate(folder, host)
    with socket.create_server((LOOPBACK, 0)) as listener:
        server = TlsServer(listener.getsockname()[1], certificate, answer or respond())
        thread = threading.Thread(target=_accept, args=(listener, server), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _accept(listener: socket.socket, server: TlsServer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, server), daemon=True).start()


def _serve(connection: socket.socket, server: TlsServer) -> None:
    connection.settimeout(_TIMEOUT)
    names: list[str | None] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(server.ca_file)
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    with suppress(OSError), connection, tls.wrap_socket(connection, server_side=True) as secured:
        request = _read(secured, names[0] if names else None)
        server.requests.append(request)
        server.respond(request, secured)
        with suppress(OSError):
            secured.unwrap()


def _read(connection: socket.socket, server_name: str | None) -> Request:
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65_536) or _fail()
    head, _, body = head.partition(b"\r\n\r\n")
    line, *rest = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65_536) or _fail()
    return Request(line, headers, body, server_name)


def _fail() -> bytes:
    raise ConnectionError


def _write_certificate(folder: Path, host: str) -> Path:
    """Writes a certificate that signs itself, with its key, and returns the path."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    path.chmod(0o600)
    return path
