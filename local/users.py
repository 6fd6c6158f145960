"""Two users of the local user pool, signed in as the page signs in."""

import secrets
from dataclasses import dataclass, field

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from local.aws import DIRECT, REGION, Emulator

_NAMES = ("ada@example.com", "grace@example.com")


@dataclass(frozen=True)
class User:
    """`name` is the name to sign in with. The token's lifetime is set by the user pool's client."""

    name: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)


def create_users(emulator: Emulator, *, pool: str, client: str) -> tuple[User, ...]:
    """Creates confirmed users with random passwords."""
    return tuple(_create_user(emulator, pool, client, name) for name in _NAMES)


def _create_user(emulator: Emulator, pool: str, client: str, name: str) -> User:
    cognito = emulator.client("cognito-idp")
    password = f"aA1!{secrets.token_urlsafe(12)}"
    attributes = [{"Name": "email", "Value": name}, {"Name": "email_verified", "Value": "true"}]
    cognito.admin_create_user(
        UserPoolId=pool, Username=name, MessageAction="SUPPRESS", UserAttributes=attributes
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    return User(name, password, _sign_in(emulator, client, name, password))


def _sign_in(emulator: Emulator, client: str, name: str, password: str) -> str:
    """Returns an access token. The request has no AWS credentials, like a browser's."""
    browser = boto3.client(
        "cognito-idp",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        config=DIRECT.merge(Config(signature_version=UNSIGNED)),
    )
    response = browser.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    token: str = response["AuthenticationResult"]["AccessToken"]
    return token
