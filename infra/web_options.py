"""Options of the pages that use a deployment, in CDK context."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Flag
from infra.options import TextList


@dataclass(frozen=True, kw_only=True)
class WebOptions:
    """Origins and headers of pages, and the page that the deployment serves itself."""

    web_origins: Annotated[
        tuple[str, ...],
        TextList(
            doc="Origins of the pages that may call the API and the bucket (CORS). Required for a stage that is not "
            "ephemeral, unless it has the `page`.",
            accepts="origins such as `https://app.example.com`; `http://` for a loopback host only",
            pattern=r"(https://([a-z0-9.-]+|\[[0-9a-f:]+\])|http://(127\.0\.0\.1|localhost|\[::1\]))(:[0-9]+)?",
        ),
    ] = ("http://127.0.0.1:8080",)
    # A field name of RFC 9110, 5.1, without `*`, which stands for all. S3 rejects `Authorization` beside a presigned URL, and an
    # x-amz- header that is not signed.
    allow_headers: Annotated[
        tuple[str, ...],
        TextList(
            doc="Further request headers that pages may send to the API and the bucket (CORS), such as those of tracing tools. "
            "Headers that the client itself sends are always allowed.",
            accepts="header names such as `traceparent`, but neither `*` nor `Authorization` nor names with `x-amz-`",
            pattern=r"(?i:(?!x-amz-|authorization$)[a-z0-9!#$%&'+.^_`|~-]{1,64})",
        ),
    ] = ()
    page: Annotated[
        bool,
        Flag(
            doc="Serves the example page from CloudFront, for the users of the stack's own user pool. Its origin joins "
            "`webOrigins`, which may then be left out: see [the page](deploy.md#the-page)."
        ),
    ] = False
