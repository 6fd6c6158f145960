"""Two users of the local user pool, signed in as the page signs in."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from local.aws import DIRECT, REGION, Emulator

_NAMES = ("ada@example.com", "grace@example.com")
_MAX_AGE = 20 * 60.0
"""Seconds; a token lives for an hour."""


class AccessTokens:
    """The access tokens of one user. Each is replaced long before it expires, because tests run for longer than one lives."""

    def __init__(self, sign_in: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._sign_in = sign_in
        self._clock = clock
        self._token = sign_in()
        self._signed_in_at = clock()

    def read(self) -> str:
        if self._clock() > self._signed_in_at + _MAX_AGE:
            self._token, self._signed_in_at = self._sign_in(), self._clock()
        return self._token


@dataclass(frozen=True)
class User:
    """`name` is the name to sign in with. The lifetime of a token is set by the user pool's client."""

    name: str
    password: str = field(repr=False)
    tokens: AccessTokens = field(repr=False)

    @property
    def access_token(self) -> str:
        return self.tokens.read()


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
    return User(name, password, AccessTokens(partial(_sign_in, emulator, client, name, password)))


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
