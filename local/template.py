"""Changes in the synthesised template what a local AWS without TLS and without names of hosts cannot satisfy."""

import json
from typing import Any

Template = dict[str, Any]

_POLICIES = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")
_TLS_KEYS = ("SecureTransport", "TlsVersion")


def remove_tls_statements(template: Template) -> Template:
    """Returns a copy without the policy statements that deny plain http, and without policies that have no other statement."""
    resources = {name: _remove_statements(resource) for name, resource in template["Resources"].items()}
    kept = {name: resource for name, resource in resources.items() if not _is_empty_policy(resource)}
    removed = set(resources) - set(kept)
    return template | {
        "Resources": {name: _remove_dependencies(removed, resource) for name, resource in kept.items()}
    }


def move_sockets(template: Template, host: str) -> Template:
    """Returns a copy whose URLs of WebSocket APIs are MiniStack's path form on `host`, without TLS.

    Functions hand these URLs to clients, and not every resolver knows `{id}.execute-api.localhost`.
    """

    def move(value: Any) -> Any:
        if isinstance(value, list):
            return [move(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Fn::Join"} and value["Fn::Join"][1][0] == "wss://":
            _, [_, api, *_, stage] = value["Fn::Join"]
            return {"Fn::Join": ["", [f"ws://{host}/_aws/execute-api/", api, stage]]}
        return {name: move(item) for name, item in value.items()}

    moved: Template = move(template)
    return moved


def resolve_region(template: Template, region: str) -> Template:
    """Returns a copy whose conditions have the Region, because MiniStack resolves no pseudo parameter in a condition."""
    conditions = json.dumps(template.get("Conditions", {}))
    resolved = json.loads(conditions.replace('{"Ref": "AWS::Region"}', json.dumps(region)))
    return {**template, "Conditions": resolved} if resolved else template


def _remove_statements(resource: Template) -> Template:
    if resource["Type"] not in _POLICIES:
        return resource
    document = resource["Properties"]["PolicyDocument"]
    kept = [statement for statement in document["Statement"] if not _is_about_tls(statement)]
    properties = resource["Properties"] | {"PolicyDocument": document | {"Statement": kept}}
    return resource | {"Properties": properties}


def _is_about_tls(statement: Template) -> bool:
    condition = json.dumps(statement.get("Condition", {}))
    return any(key in condition for key in _TLS_KEYS)


def _is_empty_policy(resource: Template) -> bool:
    return resource["Type"] in _POLICIES and not resource["Properties"]["PolicyDocument"]["Statement"]


def _remove_dependencies(removed: set[str], resource: Template) -> Template:
    """Removes the names of removed resources from DependsOn, because CloudFormation requires that they exist."""
    if "DependsOn" not in resource:
        return resource
    depends_on = resource["DependsOn"]
    names = [depends_on] if isinstance(depends_on, str) else depends_on
    return resource | {"DependsOn": [name for name in names if name not in removed]}
