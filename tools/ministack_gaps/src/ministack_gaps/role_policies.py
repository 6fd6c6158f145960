"""Evaluates the policies of a role for one action on one resource."""

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region


def is_function_allowed(function: dict[str, Any], action: str, resource: str) -> bool:
    """Evaluates the execution role of a function, which is given as MiniStack stores it."""
    config = function.get("config") or function
    return is_role_allowed(config["Role"].rpartition("/")[2], action, resource)


def is_caller_allowed(action: str, resource: str) -> bool:
    """Evaluates the role that sent the current request. Returns True when the caller is no role: root or an IAM user."""
    caller = iam_evaluator.caller_arn()
    if ":assumed-role/" not in caller:
        return True
    return is_role_allowed(iam_evaluator._role_name_from_assumed_arn(caller), action, resource)


def is_role_allowed(role: str, action: str, resource: str) -> bool:
    """Evaluates the policies of a role of the current account."""
    account = get_account_id()
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{account}:role/{role}",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    result = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role, account))
    return result.decision == "Allow"  # type: ignore[no-any-return]
