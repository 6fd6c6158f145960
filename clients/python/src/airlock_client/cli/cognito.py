"""Signs in to a Cognito user pool with SRP, so that the password never leaves this machine."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import ForceChangePasswordException, SoftwareTokenMFAChallengeException

from airlock_client.cli.tokens import Tokens, read_tokens
from airlock_client.errors import AirlockError, NetworkError, SignInRequiredError

Ask = Callable[[str], str]
"""Asks for a secret: a new password, or a code."""


def sign_in(provider: Mapping[str, str], name: str, password: str, ask: Ask) -> Tokens:
    """Signs in, with a new password or the code of an authenticator where the pool asks for it. Raises AirlockError."""
    client = _create_client(provider)
    srp = AWSSRP(name, password, provider["user_pool_id"], provider["client_id"], client=client)
    try:
        return _read(_authenticate(client, srp, provider, name, ask), None)
    except ClientError as error:
        raise AirlockError(error.response["Error"]["Code"], error.response["Error"]["Message"]) from None
    except BotoCoreError as error:
        raise NetworkError from error


def refresh(provider: Mapping[str, str], refresh_token: str) -> Tokens:
    """Returns new tokens. Raises SignInRequiredError or NetworkError."""
    try:
        response = _create_client(provider).initiate_auth(
            ClientId=provider["client_id"],
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": refresh_token},
        )
    except ClientError:
        raise SignInRequiredError from None
    except BotoCoreError as error:
        raise NetworkError from error
    return _read(response, refresh_token)


def _authenticate(
    client: Any, srp: AWSSRP, provider: Mapping[str, str], name: str, ask: Ask
) -> Mapping[str, Any]:
    try:
        response: Mapping[str, Any] = srp.authenticate_user()
    except ForceChangePasswordException:
        response = srp.set_new_password_challenge(ask("New password"))
    except SoftwareTokenMFAChallengeException as challenge:
        response = client.respond_to_auth_challenge(
            ClientId=provider["client_id"],
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=challenge.get_tokens()["Session"],
            ChallengeResponses={
                "USERNAME": name,
                "SOFTWARE_TOKEN_MFA_CODE": ask("Code of the authenticator"),
            },
        )
    return response


def _create_client(provider: Mapping[str, str]) -> Any:
    """Returns a client without AWS credentials, as a browser is one."""
    region = provider["user_pool_id"].partition("_")[0]
    return boto3.client(
        "cognito-idp",
        region_name=region,
        endpoint_url=provider.get("cognito_endpoint") or None,
        config=Config(signature_version=UNSIGNED),
    )


def _read(response: Mapping[str, Any], earlier: str | None) -> Tokens:
    result = response["AuthenticationResult"]
    names = {"access_token": "AccessToken", "refresh_token": "RefreshToken", "expires_in": "ExpiresIn"}
    return read_tokens({name: result.get(key) for name, key in names.items()}, earlier)
