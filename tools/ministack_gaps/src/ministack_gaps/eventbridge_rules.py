"""The resource of requests that name a rule by `Rule`, such as PutTargets.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
"""

import json
from typing import Any

from ministack.core import iam_actions

_upstream_arns = iam_actions.eventbridge_resource_arns


def install() -> None:
    """Replaces the resources of requests to EventBridge."""
    iam_actions.eventbridge_resource_arns = _find_arns


def _find_arns(body: Any, region: str, account: str) -> list[str]:
    found = list(_upstream_arns(body, region, account))
    if found:
        return found
    try:
        request = json.loads(body)
    except (TypeError, ValueError):
        return []
    if not isinstance(request, dict) or not isinstance(request.get("Rule"), str):
        return []
    bus = str(request.get("EventBusName") or "default").rpartition("/")[2]
    path = request["Rule"] if bus == "default" else f"{bus}/{request['Rule']}"
    return [f"arn:aws:events:{region}:{account}:rule/{path}"]
