"""The attributes that an app client may write, and the provider URL of a user pool.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpool.html
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from ministack.services import cognito
from ministack.services.cloudformation import provisioners

from ministack_gaps.responses import Response

_Handler = Callable[[dict[str, Any]], Response]
_Attributes = Callable[[str], dict[str, str]]


def install() -> None:
    """Wraps UpdateUserAttributes, and the attributes of `AWS::Cognito::UserPool` that `Fn::GetAtt` finds."""
    update: _Handler = cognito._update_user_attributes
    describe: _Attributes = provisioners._cognito_user_pool_attributes

    def update_user_attributes(data: dict[str, Any]) -> Response:
        names = {attribute.get("Name") for attribute in data.get("UserAttributes", [])}
        writable = _writable_attributes(data.get("AccessToken", ""))
        if writable and not names <= writable:
            message = "A client attempted to write unauthorized attribute"
            return cognito.error_response_json("NotAuthorizedException", message, 400)  # type: ignore[no-any-return]
        return update(data)

    def describe_user_pool(pool_id: str) -> dict[str, str]:
        described = describe(pool_id)
        return described | {"ProviderURL": f"https://{described['ProviderName']}"}

    cognito._update_user_attributes = update_user_attributes
    provisioners._cognito_user_pool_attributes = describe_user_pool


def _writable_attributes(access_token: str) -> set[str]:
    """Returns the attributes that the app client of the token names, none if it names none."""
    _user, pool = cognito._user_pool_for_access_token(access_token)
    if pool is None:
        return set()
    body = access_token.split(".")[1]
    client_id = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))).get("client_id")
    return set(pool["_clients"].get(client_id, {}).get("WriteAttributes") or ())
