"""A public key and a key group of CloudFront, created by CloudFormation."""

import json
import time
import uuid
from typing import Any

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8bZSAB0eTUksAV2UTtnSSok0gHIL\n"
    "P9Z1swnVmuSbVMp4IzNExkaDT0iP4ZFmsI/H9fG+bGwsC8Rkw7ze3wz2aA==\n"
    "-----END PUBLIC KEY-----\n"
)


def create_stack(account: Account, item: Any) -> tuple[str, dict[str, str]]:
    """Returns status and outputs of a stack whose key group has this item."""
    name = f"keys-{uuid.uuid4().hex}"
    key = {"Name": name, "CallerReference": name, "EncodedKey": PEM}
    group = {"Name": name, "Items": [item]}
    resources = {
        "Key": {"Type": "AWS::CloudFront::PublicKey", "Properties": {"PublicKeyConfig": key}},
        "Group": {"Type": "AWS::CloudFront::KeyGroup", "Properties": {"KeyGroupConfig": group}},
    }
    outputs = {"Key": {"Value": {"Ref": "Key"}}, "Group": {"Value": {"Ref": "Group"}}}
    template = json.dumps({"Resources": resources, "Outputs": outputs})
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(StackName=name, TemplateBody=template)
    while (stack := cloudformation.describe_stacks(StackName=name)["Stacks"][0])["StackStatus"].endswith(
        "IN_PROGRESS"
    ):
        time.sleep(0.02)
    return stack["StackStatus"], {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def test_a_key_group_has_the_public_key(closed: Account) -> None:
    status, ids = create_stack(closed, {"Ref": "Key"})
    assert status == "CREATE_COMPLETE"
    cloudfront = closed.client("cloudfront")
    group = cloudfront.get_key_group(Id=ids["Group"])["KeyGroup"]["KeyGroupConfig"]
    key = cloudfront.get_public_key(Id=ids["Key"])["PublicKey"]["PublicKeyConfig"]
    assert (group["Items"], key["EncodedKey"].strip()) == ([ids["Key"]], PEM.strip())


def test_a_key_that_does_not_exist_fails_the_stack(closed: Account) -> None:
    assert create_stack(closed, "K2JCJMDEHXQW5F")[0] == "ROLLBACK_COMPLETE"


def test_published_ministack_refuses_the_types(published: Account) -> None:
    try:
        status, _ = create_stack(published, {"Ref": "Key"})
    except published.client("cloudformation").exceptions.ClientError:
        return
    assert status == "ROLLBACK_COMPLETE", FIXED_UPSTREAM
