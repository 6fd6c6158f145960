"""CloudFormation's settings that keep or remove data: lifecycle of a bucket, TTL and point-in-time recovery of a table.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import dynamodb, s3
from ministack.services.cloudformation import provisioners

_TABLE = "AWS::DynamoDB::Table"
_Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]


def install() -> None:
    """Adds the lifecycle to the configurations of a bucket, and wraps the creation of a table."""
    lifecycle = (
        "LifecycleConfiguration",
        _lifecycle_xml,
        s3._put_bucket_lifecycle,
        s3._delete_bucket_lifecycle,
    )
    provisioners._S3_BUCKET_CONFIGURATIONS = (*provisioners._S3_BUCKET_CONFIGURATIONS, lifecycle)
    handler = provisioners._RESOURCE_HANDLERS[_TABLE]
    handler["create"] = _keep_data(handler["create"])


def _keep_data(create: _Create) -> _Create:
    def create_and_configure(
        logical_id: str, properties: dict[str, Any], stack: str
    ) -> tuple[str, dict[str, Any]]:
        name, attributes = create(logical_id, properties, stack)
        for field, update in (
            ("TimeToLiveSpecification", dynamodb._update_ttl),
            ("PointInTimeRecoverySpecification", dynamodb._update_continuous_backups),
        ):
            if field in properties:
                update({"TableName": name, field: _with_booleans(properties[field])})
        return name, attributes

    return create_and_configure


def _with_booleans(specification: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation passes `true` as text."""
    return {
        name: {"true": True, "false": False}.get(str(value).lower(), value)
        for name, value in specification.items()
    }


def _lifecycle_xml(configuration: Mapping[str, Any]) -> bytes:
    """Returns the body of PutBucketLifecycleConfiguration for rules without transitions."""
    root = Element("LifecycleConfiguration", xmlns=s3.S3_NS)
    for rule in configuration.get("Rules", []):
        element = SubElement(root, "Rule")
        SubElement(element, "ID").text = rule.get("Id", "rule")
        SubElement(SubElement(element, "Filter"), "Prefix").text = rule.get("Prefix", "")
        SubElement(element, "Status").text = rule["Status"]
        for field in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
            for name, value in rule.get(field, {}).items():
                parent = element.find(field)
                SubElement(parent if parent is not None else SubElement(element, field), name).text = str(
                    value
                )
        if "ExpirationInDays" in rule:
            SubElement(SubElement(element, "Expiration"), "Days").text = str(rule["ExpirationInDays"])
        if "ExpiredObjectDeleteMarker" in rule:
            SubElement(SubElement(element, "Expiration"), "ExpiredObjectDeleteMarker").text = "true"
    return bytes(tostring(root, encoding="utf-8"))
