"""Changes in the synthesised template that put the local CloudFront in the place of AWS's."""

import json
from typing import Any

from local.template import Template

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_SERVICE = {"Service": "cloudfront.amazonaws.com"}


def move_downloads(template: Template, host: str) -> Template:
    """Returns a copy in which URLs of a distribution begin with `http://` and `host`. Outputs keep the distribution's domain."""
    names = {name for name, resource in template["Resources"].items() if resource["Type"] == _DISTRIBUTION}

    def move(value: Any) -> Any:
        if isinstance(value, list):
            return [move(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Fn::Join"}:
            separator, items = value["Fn::Join"]
            return {"Fn::Join": [separator, _move_items([move(item) for item in items], names, host)]}
        return {name: move(item) for name, item in value.items()}

    return template | {"Resources": move(template["Resources"])}


def let_read(template: Template, principal: str) -> Template:
    """Returns a copy in which `principal`, an ARN, has the rights that bucket policies give to CloudFront.

    Locally CloudFront is a user of IAM, because only AWS signs as a service. A statement that names no distribution of the
    template stays as it is, and so allows nothing.
    """
    resources = {
        name: _replace_principal(template, resource, principal)
        if resource["Type"] == "AWS::S3::BucketPolicy"
        else resource
        for name, resource in template["Resources"].items()
    }
    return template | {"Resources": resources}


def _move_items(items: list[Any], names: set[str], host: str) -> list[Any]:
    """Returns the items of a join with the host in place of the distribution's domain name, and http in front of it."""
    for index, item in enumerate(items):
        attribute = item.get("Fn::GetAtt") if isinstance(item, dict) else None
        if attribute and attribute[0] in names and attribute[1] == "DomainName":
            items[index] = host
            if index and isinstance(items[index - 1], str):
                items[index - 1] = items[index - 1].removesuffix("https://") + "http://"
    return items


def _replace_principal(template: Template, policy: Template, principal: str) -> Template:
    document = policy["Properties"]["PolicyDocument"]
    statements = [
        statement | {"Principal": {"AWS": principal}, "Condition": {}}
        if statement["Principal"] == _SERVICE and _names_distribution(template, statement)
        else statement
        for statement in document["Statement"]
    ]
    return policy | {
        "Properties": policy["Properties"] | {"PolicyDocument": document | {"Statement": statements}}
    }


def _names_distribution(template: Template, statement: Template) -> bool:
    """True if the only condition is that a distribution of the template asks."""
    condition = statement.get("Condition", {})
    if set(condition) != {"StringEquals"} or set(condition["StringEquals"]) != {"aws:SourceArn"}:
        return False
    text = json.dumps(condition)
    return any(
        json.dumps({"Ref": name}) in text
        for name, resource in template["Resources"].items()
        if resource["Type"] == _DISTRIBUTION
    )
