"""Where a bucket answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

# S3 User Guide, "General purpose bucket naming rules", less the dot: S3's wildcard certificate covers one
# label, so TLS fails on the virtual host of a bucket with a dot.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
# Where a Region's name starts so, its hosts end so; everywhere else it is amazonaws.com.
_DNS_SUFFIXES = {"cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu"}
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the bucket answers.

    `origin` is scheme and host without a trailing slash; `base_path` is what stands before `/{key}`: empty
    on a virtual host, "/my-bucket" in path style.
    """

    origin: str
    base_path: str

    @classmethod
    def of_bucket(cls, bucket: str, region: str, override: str | None = None) -> Endpoint:
        """The bucket's regional virtual host, or its path on the `override` URL.

        Never the global host: it redirects for a young bucket, and a redirect breaks CORS.
        Raises ValueError for a bucket name with a dot (or no bucket name at all), or a URL that is not http(s).
        """
        if not _BUCKET.fullmatch(bucket):
            raise ValueError(f"not a bucket name that TLS can serve: {bucket!r}")
        if override is None:
            return cls(f"https://{bucket}.{regional_host('s3', region)}", "")
        parts = urlsplit(override)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
            raise ValueError("an endpoint override is http(s)://host[:port]")
        return cls(f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/{bucket}")

    @property
    def host(self) -> str:
        """The Host header that a client sends: lower case, without the scheme's own port."""
        parts = urlsplit(self.origin)
        return parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme])


def regional_host(service: str, region: str) -> str:
    """`dynamodb.eu-west-1.amazonaws.com`."""
    suffixes = (suffix for prefix, suffix in _DNS_SUFFIXES.items() if region.startswith(prefix))
    return f"{service}.{region}.{next(suffixes, 'amazonaws.com')}"
