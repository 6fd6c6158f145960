"""The host and the path under which S3 serves a bucket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

# S3 User Guide, "General purpose bucket naming rules", without the dot: S3's wildcard certificate covers one
# label, so TLS fails on the virtual host of a bucket whose name has a dot.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
# Prefix of a Region's name -> domain of its hosts, as in botocore's partitions.json. All other Regions are in amazonaws.com.
_DNS_SUFFIXES = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
}
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base URL of a bucket.

    `origin` is scheme and host without a trailing slash. `base_path` precedes `/{key}`: empty for a virtual host,
    `/my-bucket` in path style.
    """

    origin: str
    base_path: str

    @classmethod
    def for_bucket(cls, bucket: str, region: str, override: str | None = None) -> Endpoint:
        """Returns the bucket's regional virtual host, or its path on the `override` URL.

        The global host is never used: it redirects requests for a new bucket, and a redirect breaks CORS.
        Raises ValueError for an invalid bucket name, for one with a dot, and for an override that is not http(s).
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
        """The Host header that a client sends: lower case, without the default port of the scheme."""
        parts = urlsplit(self.origin)
        return parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme])


def regional_host(service: str, region: str) -> str:
    """Returns the host of a service in a Region, for example `dynamodb.eu-west-1.amazonaws.com`."""
    suffixes = (suffix for prefix, suffix in _DNS_SUFFIXES.items() if region.startswith(prefix))
    return f"{service}.{region}.{next(suffixes, 'amazonaws.com')}"
