"""HTTP clients that reach moto's S3 in process, with and without the middleware."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.moto_server.werkzeug_app import create_backend_app

from strict_s3.middleware import StrictS3
from strict_s3.signatures import Secrets

if TYPE_CHECKING:
    import httpx


def strict_s3_client(secrets: Secrets, now: Callable[[], datetime]) -> "httpx.Client":
    """Returns a client for virtual-hosted and path-style URLs. It shares the state of `mock_aws`, which must be active."""
    return wsgi_client(StrictS3(moto_s3(), secrets, now=now))


@cache
def moto_s3() -> WSGIApplication:
    """Returns moto's S3 application. It shares the state of `mock_aws`, which must be active, and has none of its own.

    moto's dispatcher is left out, because it takes a key such as `a_b/c` for a request to the service `a`.
    """
    app = create_backend_app("s3")
    # flask-cors allows every Origin; without it the response has the headers of the bucket's CORS configuration.
    app.after_request_funcs.clear()
    return app


def wsgi_client(app: WSGIApplication) -> "httpx.Client":
    """Returns a client that calls `app` in process, under any host name and without a socket."""
    import httpx  # here, because a server of the middleware does without it

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # httpx gives PATH_INFO as text, PEP 3333 requires Latin-1, and moto reads keys from RAW_URI.
        path = environ["PATH_INFO"]
        environ |= {"PATH_INFO": path.encode().decode("latin-1"), "RAW_URI": quote(path)}
        return app(environ, start_response)

    return httpx.Client(transport=httpx.WSGITransport(app=call))
