"""CloudFront's own error responses, and the error of a template that the proxy cannot stand for.

Codes of signed URLs: https://repost.aws/knowledge-center/cloudfront-troubleshoot-signed-url-cookies
"""

from html import escape


class TemplateError(Exception):
    """The template has something that AWS rejects, or that this proxy does not emulate. The message names the resource."""


class EdgeError(Exception):
    """A response that CloudFront makes itself, without the origin."""

    def __init__(
        self, status: int, body: str, content_type: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(f"{status}: {body}")
        self.headers = headers
        self.status = status
        self.body = body.encode()
        self.content_type = content_type


def signature_error(code: str, message: str) -> EdgeError:
    """Returns the 403 of a signed URL that is not valid, as XML."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return EdgeError(403, xml, "text/xml")


def access_denied() -> EdgeError:
    """Returns the 403 of an expired URL, of a wrong signature and of a policy that does not match."""
    return signature_error("AccessDenied", "Access denied")


def error_page(status: int, reason: str) -> EdgeError:
    """Returns an error that CloudFront explains to people, as HTML."""
    title = "<title>ERROR: The request could not be satisfied</title>"
    return EdgeError(status, f"<!doctype html>{title}<h1>{status} ERROR</h1><p>{escape(reason)}", "text/html")
