"""Two people to try the stack as, signed in the way the page signs in."""

import secrets
from dataclasses import dataclass, field

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from local.aws import DIRECT, REGION, Emulator

_NAMES = ("ada@example.com", "grace@example.com")


@dataclass(frozen=True)
class User:
    """`name` is what one signs in with; the token lives as long as the user pool's client says."""

    name: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)


def create_users(emulator: Emulator, *, pool: str, client: str) -> tuple[User, ...]:
    """Confirmed users with passwords of this run."""
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
    """Without AWS credentials, like a browser."""
    browser = boto3.client(
        "cognito-idp",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        config=DIRECT.merge(Config(signature_version=UNSIGNED)),
    )
    answer = browser.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    token: str = answer["AuthenticationResult"]["AccessToken"]
    return token
