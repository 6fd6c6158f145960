"""Options of delivery by CloudFront in CDK context."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Text
from infra.options import Choice, TextList

_MAX_KEYS = 2
"""One that signs, and one that is added or removed while keys rotate."""


@dataclass(frozen=True, kw_only=True)
class DeliveryOptions:
    """Options of a deployment whose documents are downloaded from CloudFront."""

    # Each step changes what one side accepts before the other side relies on it, so that no URL fails meanwhile.
    cdn: Annotated[
        str,
        Choice(
            doc="`true` delivers documents by CloudFront, and S3 refuses presigned downloads: see [the edge](edge.md). `standby` "
            "creates the distribution and changes no URL; `both` changes the URLs, and S3 accepts those that were issued before: "
            "the steps between the two on a stage with users ([how](edge.md#move-a-stage)). Requires `deliveryKeys`.",
            values=("false", "standby", "both", "true"),
        ),
    ] = "false"
    delivery_keys: Annotated[
        tuple[str, ...],
        TextList(
            doc="Public keys that verify the URLs of CloudFront, as `operate keys` prints them: one, or two while they "
            "[rotate](edge.md#rotate-the-keys).",
            accepts=f"up to {_MAX_KEYS} public keys on the curve P-256 (base64 of DER)",
            pattern=r"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==",
            max_items=_MAX_KEYS,
        ),
    ] = ()
    download_domain: Annotated[
        str | None,
        Text(
            doc="Domain name of the download URLs, with a record in your DNS that names the distribution. Without it, they have "
            "CloudFront's. Requires `certificateArn`. Use no subdomain whose cookies matter, because users choose what is served.",
            accepts="a domain name in lower case, such as `files.example.com`",
            pattern=r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        ),
    ] = None
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    certificate_arn: Annotated[
        str | None,
        Text(
            doc="ARN of the certificate of `downloadDomain`, of Certificate Manager in us-east-1, the one Region whose "
            "certificates CloudFront takes.",
            accepts="an ARN such as `arn:aws:acm:us-east-1:111122223333:certificate/...`",
            pattern=r"arn:aws:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]{36}",
        ),
    ] = None
    price_class: Annotated[
        str,
        Choice(
            doc="Edge locations of CloudFront that deliver: those of North America, Europe and Israel (`100`), those of South Africa, "
            "the Middle East and most of Asia too (`200`), or `all`. Further ones cost more a gigabyte.",
            values=("100", "200", "all"),
        ),
    ] = "100"

    @property
    def has_distribution(self) -> bool:
        """True if the stack has a distribution."""
        return self.cdn != "false"

    @property
    def delivers_by_cloudfront(self) -> bool:
        """True if new download URLs are those of CloudFront."""
        return self.cdn in ("both", "true")

    @property
    def has_presigned_downloads(self) -> bool:
        """True if S3 accepts presigned downloads. Otherwise no function needs the right to sign one."""
        return self.cdn != "true"
