"""AWS::CloudFront::PublicKey and AWS::CloudFront::KeyGroup, which MiniStack has in its API and not in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-publickey.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-keygroup.html
"""

import uuid
from typing import Any

from ministack.services import cloudfront
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Adds the two types. Their records are those that the API of CloudFront returns."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::CloudFront::PublicKey"] = {"create": _create_key, "delete": _delete_key}
    handlers["AWS::CloudFront::KeyGroup"] = {
        "create": _create_group,
        "update": _update_group,
        "delete": _delete_group,
    }


def _create_key(_logical_id: str, properties: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
    id = cloudfront._pk_id()
    cloudfront._public_keys[id] = _record(id, properties["PublicKeyConfig"], "CreatedTime")
    return id, {"Id": id}


def _create_group(_logical_id: str, properties: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
    id = cloudfront._kg_id()
    cloudfront._key_groups[id] = _record(id, _check_group(properties), "LastModifiedTime")
    return id, {"Id": id}


def _update_group(
    id: str, _old: dict[str, Any], properties: dict[str, Any], _stack: str
) -> tuple[str, dict[str, str]]:
    cloudfront._key_groups[id] = _record(id, _check_group(properties), "LastModifiedTime")
    return id, {"Id": id}


def _check_group(properties: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError, which fails the stack, for a key that does not exist."""
    config: dict[str, Any] = properties["KeyGroupConfig"]
    if missing := [key for key in config["Items"] if key not in cloudfront._public_keys]:
        raise ValueError(f"AWS::CloudFront::KeyGroup: no public key {', '.join(missing)}")
    return config


def _delete_key(id: str, _properties: dict[str, Any]) -> None:
    cloudfront._public_keys.pop(id, None)


def _delete_group(id: str, _properties: dict[str, Any]) -> None:
    cloudfront._key_groups.pop(id, None)


def _record(id: str, config: dict[str, Any], time: str) -> dict[str, Any]:
    return {"Id": id, "ETag": str(uuid.uuid4()), time: cloudfront._now_iso(), "Config": config}
