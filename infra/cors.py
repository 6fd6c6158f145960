"""Request headers that the CORS configurations of the API and of the bucket allow."""

from collections.abc import Iterable


def merge_headers(own: Iterable[str], additional: Iterable[str]) -> list[str]:
    """Returns the names in lower case, each once, because a preflight lists them so."""
    return list(dict.fromkeys(name.lower() for name in (*own, *additional)))
