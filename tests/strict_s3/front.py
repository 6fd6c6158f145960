"""The front: a WSGI application that checks a request as S3 would, and only then hands it to moto's S3.

moto takes any signature, any expiry, any length, any checksum and any form; and on this path it also loses a
checksum, breaks on a part of an upload that is gone, and answers a form without an ETag. The checks are in
`signatures`, `checksums` and `forms`; here they are put in order, and those answers are put right.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from io import BytesIO
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import httpx
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.wrappers import Response

from tests.strict_s3.checksums import check_body, check_checksum, check_length_is_known, checksum_algorithm
from tests.strict_s3.errors import S3Error
from tests.strict_s3.forms import (
    authenticate_form,
    check_policy,
    is_form,
    put_headers,
    read_form,
    stored_answer,
)
from tests.strict_s3.request import S3Request, read_request
from tests.strict_s3.signatures import Secrets, authenticate, only_one_mechanism


class StrictS3:
    """Answers as S3 does, or refuses with S3's status, code and XML; `app` sees only what passed.

    `secrets` maps an access key to its secret, or to (secret, session token). `now` gives an aware datetime, so
    a test can let a URL expire without waiting for it.
    """

    def __init__(self, app: WSGIApplication, secrets: Secrets, *, now: Callable[[], datetime]) -> None:
        self._app = app
        self._secrets = secrets
        self._now = now

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        try:
            answer = self._answer(request, environ)
        except S3Error as refusal:
            answer = Response(refusal.xml(), refusal.status, content_type="application/xml")
        return answer(environ, start_response)

    def _answer(self, request: S3Request, environ: WSGIEnvironment) -> Response:
        if request.method == "OPTIONS":  # a preflight carries no credentials
            return self._forward(environ)
        check_length_is_known(request)
        if is_form(request):
            return self._store_form(request, environ)
        authenticate(request, self._secrets, self._now())
        check_body(request)
        if request.method != "PUT":
            return self._forward(environ)
        if "uploadId" in request.params and (refusal := self._no_such_upload(environ)):
            return refusal
        return self._forward({**environ, **_told_to_keep_checksum(request.headers)})

    def _store_form(self, request: S3Request, environ: WSGIEnvironment) -> Response:
        """moto drops a form's checksum, so the form is stored as the PUT that it means (its event says Put)."""
        if "authorization" in request.headers:
            raise only_one_mechanism()
        check_body(request)
        form = read_form(request)
        authenticate_form(form, self._secrets)
        check_policy(form, request.bucket, self._now())
        check_checksum(form.fields, form.file)
        headers = put_headers(form) | _origin(request.headers)
        put = _put_environ(environ, form.fields["key"], headers, form.file)
        stored = self._forward({**put, **_told_to_keep_checksum(form.fields)})
        return stored_answer(form, request, stored) if stored.status_code == 200 else stored

    def _no_such_upload(self, environ: WSGIEnvironment) -> Response | None:
        """moto raises KeyError for a part of an upload that was aborted or completed; its ListParts is right."""
        listing = {**environ, "REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
        answer = self._forward(listing)
        return answer if answer.status_code == 404 else None

    def _forward(self, environ: WSGIEnvironment) -> Response:
        return Response.from_app(self._app, environ, buffered=True)


def moto_s3() -> WSGIApplication:
    """moto's S3, sharing its state with `mock_aws`, which has to be active.

    It is the S3 application alone: the dispatcher before it takes a key such as `a_b/c` for a service `a`.
    """
    app = create_backend_app("s3")
    # flask-cors allows every Origin; without it the answer is the bucket's own CORS configuration.
    app.after_request_funcs.clear()
    return app


def wsgi_client(app: WSGIApplication) -> httpx.Client:
    """A client that reaches `app` in process: any host name, no socket."""

    def as_servers_do(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # httpx gives PATH_INFO as text, PEP 3333 wants Latin-1; moto reads keys from RAW_URI.
        path = environ["PATH_INFO"]
        environ |= {"PATH_INFO": path.encode().decode("latin-1"), "RAW_URI": quote(path)}
        return app(environ, start_response)

    return httpx.Client(transport=httpx.WSGITransport(app=as_servers_do))


def strict_s3_client(secrets: Secrets, now: Callable[[], datetime]) -> httpx.Client:
    """The only door to S3 for clients in tests: virtual-host and path-style URLs, `mock_aws`'s state behind."""
    return wsgi_client(StrictS3(moto_s3(), secrets, now=now))


def _told_to_keep_checksum(given: Mapping[str, str]) -> dict[str, str]:
    """moto stores x-amz-checksum-* only when this SDK header names the algorithm; a presigned PUT has none."""
    algorithm = checksum_algorithm(given)
    return {"HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM": algorithm.upper()} if algorithm else {}


def _origin(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in ("host", "origin") if name in headers}


def _put_environ(
    environ: WSGIEnvironment, key: str, headers: Mapping[str, str], body: bytes
) -> WSGIEnvironment:
    path = f"{environ['PATH_INFO'].rstrip('/')}/{key.encode().decode('latin-1')}"
    put = {name: value for name, value in environ.items() if not name.startswith(("HTTP_", "CONTENT_"))}
    put |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    put |= {"CONTENT_TYPE": headers.get("content-type", ""), "CONTENT_LENGTH": str(len(body))}
    put |= {"REQUEST_METHOD": "PUT", "PATH_INFO": path, "RAW_URI": quote(path.encode("latin-1"))}
    return put | {"wsgi.input": BytesIO(body)}
