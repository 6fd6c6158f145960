"""Keeps presigned URLs out of the log, because a presigned URL is a credential."""

import logging

import httpx


class RedactUrls(logging.Filter):
    """Replaces the query of each URL of a record. httpx logs every request with its URL at level INFO."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_redact, record.args))
        return True


def _redact(value: object) -> object:
    if not isinstance(value, httpx.URL) or not value.query:
        return value
    return value.copy_with(query=b"redacted")


def install_filter() -> None:
    """Adds the filter to the logger of httpx. Idempotent."""
    logger = logging.getLogger("httpx")
    if not any(isinstance(each, RedactUrls) for each in logger.filters):
        logger.addFilter(RedactUrls())
