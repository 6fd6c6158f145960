"""A WSGI middleware that checks a request as S3 does before it passes the request to moto's S3.

The checks are in `signatures`, `checksums` and `form_policies`. On the way to moto three of its faults are corrected: it loses
checksums that no SDK sent, fails on a part of an upload that is gone, and responds to a form without an ETag.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from io import BytesIO
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Response

from strict_s3.checksums import check_body, check_checksum, find_checksum_algorithm, require_content_length
from strict_s3.errors import S3Error, multiple_auth_mechanisms
from strict_s3.form_policies import authenticate_form, check_policy
from strict_s3.forms import is_form, read_form, to_form_response, to_put_headers
from strict_s3.request import S3Request, read_request
from strict_s3.signatures import Secrets, authenticate


class StrictS3:
    """Responds as S3 does, with S3's status, code and XML for errors; `app` receives only valid requests.

    `secrets` maps an access key to its secret, or to (secret, session token). `now` returns an aware datetime, so that a test
    can let a URL expire without waiting.
    """

    def __init__(self, app: WSGIApplication, secrets: Secrets, *, now: Callable[[], datetime]) -> None:
        self._app = app
        self._secrets = secrets
        self._now = now

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = read_request(environ)
        try:
            response = self._respond(request, environ)
        except S3Error as error:
            response = Response(error.to_xml(), error.status, content_type="application/xml")
        return response(environ, start_response)

    def _respond(self, request: S3Request, environ: WSGIEnvironment) -> Response:
        if request.method == "OPTIONS":  # a preflight carries no credentials
            return self._forward(environ)
        require_content_length(request)
        if is_form(request):
            return self._store_form(request, environ)
        authenticate(request, self._secrets, self._now())
        check_body(request)
        if request.method != "PUT":
            return self._forward(environ)
        if "uploadId" in request.params and (error := self._find_missing_upload(environ)):
            return error
        return self._forward({**environ, **_sdk_checksum_header(request.headers)})

    def _store_form(self, request: S3Request, environ: WSGIEnvironment) -> Response:
        """Stores the form as the PUT that it stands for, because moto drops a form's checksum. The event's name is Put."""
        if "authorization" in request.headers:
            raise multiple_auth_mechanisms()
        check_body(request)
        form = read_form(request)
        authenticate_form(form, self._secrets)
        check_policy(form, request.bucket, self._now())
        check_checksum(form.fields, form.file)
        headers = to_put_headers(form) | _origin_headers(request.headers)
        put = _to_put_environ(environ, form.fields["key"], headers, form.file)
        stored = self._forward({**put, **_sdk_checksum_header(form.fields)})
        return to_form_response(form, request, stored) if stored.status_code == 200 else stored

    def _find_missing_upload(self, environ: WSGIEnvironment) -> Response | None:
        """Returns the 404 of ListParts; moto raises KeyError for a part of an upload that was aborted or completed."""
        listing = {**environ, "REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
        response = self._forward(listing)
        return response if response.status_code == 404 else None

    def _forward(self, environ: WSGIEnvironment) -> Response:
        return Response.from_app(self._app, environ, buffered=True)


def _sdk_checksum_header(fields: Mapping[str, str]) -> dict[str, str]:
    """Returns the SDK header without which moto does not store x-amz-checksum-*; a presigned PUT does not send it."""
    algorithm = find_checksum_algorithm(fields)
    return {"HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM": algorithm.upper()} if algorithm else {}


def _origin_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in ("host", "origin") if name in headers}


def _to_put_environ(
    environ: WSGIEnvironment, key: str, headers: Mapping[str, str], body: bytes
) -> WSGIEnvironment:
    path = f"{environ['PATH_INFO'].rstrip('/')}/{key.encode().decode('latin-1')}"
    put = {name: value for name, value in environ.items() if not name.startswith(("HTTP_", "CONTENT_"))}
    put |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    put |= {"CONTENT_TYPE": headers.get("content-type", ""), "CONTENT_LENGTH": str(len(body))}
    put |= {"REQUEST_METHOD": "PUT", "PATH_INFO": path, "RAW_URI": quote(path.encode("latin-1"))}
    return put | {"wsgi.input": BytesIO(body)}
