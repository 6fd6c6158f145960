"""The synthesised template, less what a loopback without TLS cannot honour. Pure."""

import json
from typing import Any

Template = dict[str, Any]

_POLICIES = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy")
_NEEDS_TLS = ("SecureTransport", "TlsVersion")


def for_plain_http(template: Template) -> Template:
    """A copy without the statements that refuse requests over plain http; a policy left empty goes as a whole."""
    resources = {name: _without_tls(resource) for name, resource in template["Resources"].items()}
    kept = {name: resource for name, resource in resources.items() if not _is_empty_policy(resource)}
    gone = set(resources) - set(kept)
    return template | {
        "Resources": {name: _independent_of(gone, resource) for name, resource in kept.items()}
    }


def _without_tls(resource: Template) -> Template:
    if resource["Type"] not in _POLICIES:
        return resource
    document = resource["Properties"]["PolicyDocument"]
    kept = [statement for statement in document["Statement"] if not _is_about_tls(statement)]
    properties = resource["Properties"] | {"PolicyDocument": document | {"Statement": kept}}
    return resource | {"Properties": properties}


def _is_about_tls(statement: Template) -> bool:
    condition = json.dumps(statement.get("Condition", {}))
    return any(key in condition for key in _NEEDS_TLS)


def _is_empty_policy(resource: Template) -> bool:
    return resource["Type"] in _POLICIES and not resource["Properties"]["PolicyDocument"]["Statement"]


def _independent_of(gone: set[str], resource: Template) -> Template:
    """CloudFormation refuses a DependsOn that names nothing."""
    if "DependsOn" not in resource:
        return resource
    named = resource["DependsOn"]
    names = [named] if isinstance(named, str) else named
    return resource | {"DependsOn": [name for name in names if name not in gone]}
