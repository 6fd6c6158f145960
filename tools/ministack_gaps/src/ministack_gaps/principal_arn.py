"""The condition key aws:PrincipalArn: for a session of a role it is the ARN of the role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
"""

import re
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:assumed-role/(?P<role>[^/]+)/.+")

_upstream_resolve = iam_evaluator._resolve_condition_key


def install() -> None:
    """Wraps the resolution of condition keys."""
    iam_evaluator._resolve_condition_key = _resolve


def _resolve(key: str, context: Any) -> Any:
    value = _upstream_resolve(key, context)
    if key.lower() != "aws:principalarn" or not isinstance(value, str):
        return value
    session = _SESSION.fullmatch(value)
    role = iam._roles.get(session["role"]) if session else None
    return role["Arn"] if role else value
