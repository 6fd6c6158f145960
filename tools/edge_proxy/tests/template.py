"""A template as CDK synthesises it: a distribution in front of a bucket, with signed URLs, policies and origin access control."""

from copy import deepcopy
from typing import Any

BUCKET_DOMAIN = "a-bucket.s3.us-east-1.amazonaws.com"
VALUES = {"Bucket.RegionalDomainName": BUCKET_DOMAIN, "AWS::Region": "us-east-1"}
"""Values that CloudFormation has after a deployment."""

_CACHE = {
    "Comment": "Versions never change",
    "DefaultTTL": 86400,
    "MaxTTL": 31536000,
    "MinTTL": 0,
    "Name": "cache",
    "ParametersInCacheKeyAndForwardedToOrigin": {
        "CookiesConfig": {"CookieBehavior": "none"},
        "EnableAcceptEncodingBrotli": False,
        "EnableAcceptEncodingGzip": False,
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {
            "QueryStringBehavior": "whitelist",
            "QueryStrings": ["versionId", "response-content-disposition", "response-content-type"],
        },
    },
}
_HEADERS = {
    "Name": "headers",
    "CorsConfig": {
        "AccessControlAllowCredentials": False,
        "AccessControlAllowHeaders": {"Items": ["range", "if-range"]},
        "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
        "AccessControlAllowOrigins": {"Items": ["https://app.example"]},
        "AccessControlExposeHeaders": {"Items": ["ETag", "Content-Range"]},
        "AccessControlMaxAgeSec": 600,
        "OriginOverride": True,
    },
    "CustomHeadersConfig": {
        "Items": [{"Header": "Cross-Origin-Resource-Policy", "Override": True, "Value": "cross-origin"}]
    },
    "SecurityHeadersConfig": {
        "ContentTypeOptions": {"Override": True},
        "ReferrerPolicy": {"Override": True, "ReferrerPolicy": "no-referrer"},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 63072000,
            "IncludeSubdomains": True,
            "Override": True,
        },
    },
}


def create_template(*public_keys: str) -> dict[str, Any]:
    """Returns a template whose key group has these keys, in PEM, with the ids Key0, Key1 and so on."""
    ids = [f"Key{index}" for index in range(len(public_keys))]
    keys = {
        id: {"Type": "AWS::CloudFront::PublicKey", "Properties": {"PublicKeyConfig": _public_key(id, key)}}
        for id, key in zip(ids, public_keys, strict=True)
    }
    group = {"Name": "group", "Items": [{"Ref": id} for id in ids]}
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Access": _resource("OriginAccessControl", OriginAccessControlConfig=_access_control()),
        "Cache": _resource("CachePolicy", CachePolicyConfig=deepcopy(_CACHE)),
        "Headers": _resource("ResponseHeadersPolicy", ResponseHeadersPolicyConfig=deepcopy(_HEADERS)),
        "Group": _resource("KeyGroup", KeyGroupConfig=group),
        "Distribution": _resource("Distribution", DistributionConfig=_distribution()),
    }
    return {"Resources": {**resources, **keys}}


def config_of(template: dict[str, Any]) -> Any:
    """Returns the DistributionConfig, for a test that changes it."""
    return template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]


def _resource(type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::CloudFront::{type}", "Properties": properties}


def _public_key(id: str, key: str) -> dict[str, str]:
    return {"Name": id, "CallerReference": id, "EncodedKey": key}


def _access_control() -> dict[str, str]:
    return {
        "Name": "access",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }


def _distribution() -> dict[str, Any]:
    return {
        "Enabled": True,
        "HttpVersion": "http2and3",
        "DefaultCacheBehavior": {
            "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
            "CachePolicyId": {"Ref": "Cache"},
            "Compress": False,
            "ResponseHeadersPolicyId": {"Ref": "Headers"},
            "TargetOriginId": "bucket",
            "TrustedKeyGroups": [{"Ref": "Group"}],
            "ViewerProtocolPolicy": "https-only",
        },
        "Origins": [
            {
                "Id": "bucket",
                "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]},
                "OriginAccessControlId": {"Fn::GetAtt": ["Access", "Id"]},
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }
        ],
    }
