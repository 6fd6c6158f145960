"""POST forms: reading one, the PUT that stores the same object, and the response.

`${filename}` in the key, the field `redirect` and tags are not supported and are rejected with 501.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.wrappers import Response

from strict_s3.errors import S3Error
from strict_s3.parameters import ALGORITHM
from strict_s3.request import S3Request

_UNSUPPORTED = {"redirect", "tagging"}
_VERBATIM = {"policy", "x-amz-signature"}
_FILE_NAME = "${filename}"
_REST_FIELDS = {"cache-control", "content-disposition", "content-encoding", "content-type", "expires"}


@dataclass(frozen=True, slots=True)
class PostForm:
    """`fields` are those before the file, with lower-case names; S3 ignores fields after the file."""

    fields: Mapping[str, str]
    file: bytes


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the body. `file_name` is that of its Content-Disposition, empty for none."""

    content: bytes
    file_name: str = ""


def is_form(request: S3Request) -> bool:
    content_type = request.headers.get("content-type", "")
    return request.method == "POST" and content_type.startswith("multipart/form-data")


def read_form(request: S3Request) -> PostForm:
    """Raises S3Error when the body is not a form, or has no key or no file."""
    try:
        parts = _read_parts(request)
        file = parts.pop("file", None)
        fields = {name: part.content.decode() for name, part in parts.items()}
    except ValueError:
        message = "The body of your POST request is not well-formed multipart/form-data."
        raise S3Error(400, "MalformedPOSTRequest", message) from None
    if file is None:
        raise S3Error(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    if "key" not in fields:
        raise S3Error(400, "InvalidArgument", "Bucket POST must contain a field named 'key'.")
    if fields.keys() & _UNSUPPORTED or _FILE_NAME in fields["key"]:
        raise S3Error(501, "NotImplemented", "strict_s3 does not support a field of this form.")
    return PostForm(_replace_file_name(fields, file.file_name), file.content)


def _replace_file_name(fields: Mapping[str, str], file_name: str) -> dict[str, str]:
    """Returns the fields with the name of the file, behind its last slash or backslash, in place of `${filename}`.

    https://docs.aws.amazon.com/AmazonS3/latest/API/HTTPPOSTForms.html
    """
    name = re.split(r"[/\\]", file_name)[-1]
    return {
        field: value if field in _VERBATIM else value.replace(_FILE_NAME, name)
        for field, value in fields.items()
    }


def to_put_headers(form: PostForm) -> dict[str, str]:
    """Returns the headers of the PUT that stores the same object. Its signature names the signer, which moto reads, and no more."""
    fields = form.fields
    headers = {
        name: value for name, value in fields.items() if name in _REST_FIELDS or name.startswith("x-amz-")
    }
    headers |= {name: _encode(value) for name, value in headers.items() if name.startswith("x-amz-meta-")}
    if "acl" in fields:
        headers["x-amz-acl"] = fields["acl"]
    credential, signature = fields["x-amz-credential"], fields["x-amz-signature"]
    signer = f"Credential={credential}, SignedHeaders=host, Signature={signature}"
    return headers | {"authorization": f"{ALGORITHM} {signer}"}


def _encode(value: str) -> str:
    """Returns metadata as S3 returns it: in ASCII, otherwise encoded as in RFC 2047.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
    """
    return value if value.isascii() else f"=?UTF-8?B?{base64.b64encode(value.encode()).decode()}?="


def to_form_response(form: PostForm, request: S3Request, stored: Response) -> Response:
    """Returns S3's response to a stored form: 200, 201 with an XML body, or 204, by `success_action_status`.

    With `success_action_redirect`, it is 303 to that URL, with `bucket`, `key` and `etag` appended.
    """
    if "success_action_redirect" in form.fields:
        return _redirect(form, request, stored)
    requested = form.fields.get("success_action_status")
    status = int(requested) if requested in ("200", "201") else 204
    key = form.fields["key"]
    location = f"https://{request.host}{request.path.rstrip('/')}/{quote(key, safe='')}"
    headers = {name: value for name, value in stored.headers if not name.lower().startswith("content-")}
    body = ""
    if status == 201:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<PostResponse><Location>{escape(location)}</Location><Bucket>{request.bucket}</Bucket>"
            f"<Key>{escape(key)}</Key><ETag>{escape(stored.headers['ETag'])}</ETag></PostResponse>"
        )
    return Response(body, status, {**headers, "Location": location}, content_type="application/xml")


def _redirect(form: PostForm, request: S3Request, stored: Response) -> Response:
    url, etag = form.fields["success_action_redirect"], stored.headers["ETag"]
    parameters = urlencode({"bucket": request.bucket, "key": form.fields["key"], "etag": etag})
    location = f"{url}{'&' if '?' in url else '?'}{parameters}"
    headers = {name: value for name, value in stored.headers if not name.lower().startswith("content-")}
    return Response("", 303, {**headers, "Location": location})


def _read_parts(request: S3Request) -> dict[str, _Part]:
    """Returns the parts up to and including the file. Raises ValueError when the body is truncated or has no boundary."""
    _, options = parse_options_header(request.headers["content-type"])
    decoder = MultipartDecoder(options.get("boundary", "").encode())
    decoder.receive_data(request.body)
    decoder.receive_data(None)
    parts: dict[str, _Part] = {}
    name = file_name = ""
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData) and "file" not in parts:
        if isinstance(event, Field | File):
            name, content = event.name.lower(), b""
            file_name = event.filename if isinstance(event, File) else ""
        elif isinstance(event, Data):
            content += event.data
            if not event.more_data:
                parts[name] = _Part(content, file_name)
    return parts
