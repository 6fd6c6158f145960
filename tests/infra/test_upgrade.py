"""No upgrade replaces what holds data or what clients know: logical ids and properties that CloudFormation cannot change.

A failure here means that a deployment of the new version creates an empty bucket, table or pool beside the old one, or gives
the API another URL. Change the code, not the table.
"""

import json
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.infra.template import Synthesis

_POOL = ("UsernameAttributes", "AliasAttributes", "UsernameConfiguration", "Schema")
"""Properties of a user pool that are fixed when it is created, which its schema does not say."""

INDEXES = {"due": ["due_shard", "next_check_at"], "failed": ["failed_shard", "failed_at"]}
KEPT: dict[str, tuple[str, dict[str, Any]]] = {
    "StorageBucket5CB7C8EA": ("AWS::S3::Bucket", {}),
    "DocumentTableE88AFB8E": (
        "AWS::DynamoDB::Table",
        {
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ]
        },
    ),
    "UsersPoolBFC35D3B": ("AWS::Cognito::UserPool", {"UsernameAttributes": ["email"]}),
    "UsersPoolWeb193F213A": (
        "AWS::Cognito::UserPoolClient",
        {"GenerateSecret": False, "UserPoolId": {"Ref": "UsersPoolBFC35D3B"}},
    ),
    "EncryptionKey3A692D6E": ("AWS::KMS::Key", {}),
    "ApiHttpApi4C294DC0": ("AWS::ApiGatewayV2::Api", {"ProtocolType": "HTTP"}),
}
"""Logical id -> type, and the properties that CloudFormation can change only by a replacement."""


def create_only(type_: str) -> set[str]:
    """Returns the names of the properties whose change replaces a resource, by the schema of its type."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region="us-east-1", resource_type=type_).schema
    pointers = [
        pointer
        for kind in ("createOnlyProperties", "conditionalCreateOnlyProperties")
        for pointer in schema.get(kind) or ()
    ]
    names = {pointer.split("/")[2] for pointer in pointers}
    return names | set(_POOL) if type_ == "AWS::Cognito::UserPool" else names


@pytest.fixture
def resources(encrypted: Synthesis) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(encrypted.text)["Resources"]
    return found


@pytest.mark.parametrize("id", KEPT)
def test_a_resource_keeps_its_logical_id_and_what_only_a_replacement_can_change(
    resources: dict[str, dict[str, Any]], id: str
) -> None:
    type_, fixed = KEPT[id]
    assert resources[id]["Type"] == type_
    properties = resources[id].get("Properties", {})
    assert {name: properties[name] for name in create_only(type_) & properties.keys()} == fixed


def test_no_resource_with_data_is_missing_in_the_table(resources: dict[str, dict[str, Any]]) -> None:
    holds_data = {type_ for type_, _ in KEPT.values()} - {"AWS::ApiGatewayV2::Api"}
    found = {id for id, resource in resources.items() if resource["Type"] in holds_data}
    assert found == {id for id, (type_, _) in KEPT.items() if type_ in holds_data}


def test_an_index_keeps_its_keys_because_a_change_deletes_and_fills_it_again(
    resources: dict[str, dict[str, Any]],
) -> None:
    indexes = resources["DocumentTableE88AFB8E"]["Properties"]["GlobalSecondaryIndexes"]
    found = {index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]] for index in indexes}
    assert found == INDEXES
