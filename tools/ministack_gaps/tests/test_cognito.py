"""A user who changes attributes of their own, and the attributes of a user pool in a template."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code

PASSWORD = "Correct-horse-1"


def sign_in(account: Account, **client: Any) -> tuple[Any, str]:
    """Creates a pool with one user. Returns Cognito's client and the user's access token."""
    cognito = account.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="pool")["UserPool"]["Id"]
    created = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="web", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], **client
    )
    cognito.admin_create_user(UserPoolId=pool, Username="ada")
    cognito.admin_set_user_password(UserPoolId=pool, Username="ada", Password=PASSWORD, Permanent=True)
    signed_in = cognito.initiate_auth(
        ClientId=created["UserPoolClient"]["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
    )
    return cognito, signed_in["AuthenticationResult"]["AccessToken"]


def update(cognito: Any, token: str, name: str) -> str | None:
    attributes = [{"Name": name, "Value": "mallory@example.com"}]
    return error_code(cognito.update_user_attributes, AccessToken=token, UserAttributes=attributes)


def test_a_client_writes_only_the_attributes_that_it_names(closed: Account, published: Account) -> None:
    cognito, token = sign_in(closed, WriteAttributes=["locale"])
    assert update(cognito, token, "email") == "NotAuthorizedException"
    assert update(cognito, token, "locale") is None
    assert update(*sign_in(published, WriteAttributes=["locale"]), "email") is None, FIXED_UPSTREAM


def test_a_client_that_names_none_writes_all(closed: Account) -> None:
    assert update(*sign_in(closed, WriteAttributes=[]), "email") is None


def test_a_template_reads_the_issuer_of_its_pool(closed: Account, published: Account) -> None:
    assert read_issuer(closed).startswith("https://cognito-idp.")
    with pytest.raises(WaiterError):
        pytest.fail(f"{FIXED_UPSTREAM}: {read_issuer(published)}")


def read_issuer(account: Account) -> str:
    """Creates a stack of one user pool, and returns the issuer that it outputs. Raises WaiterError if the stack fails."""
    cloudformation, name = account.client("cloudformation"), f"stack-{uuid.uuid4().hex}"
    template = {
        "Resources": {"Pool": {"Type": "AWS::Cognito::UserPool"}},
        "Outputs": {"Issuer": {"Value": {"Fn::GetAtt": ["Pool", "ProviderURL"]}}},
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return str(outputs[0]["OutputValue"])
