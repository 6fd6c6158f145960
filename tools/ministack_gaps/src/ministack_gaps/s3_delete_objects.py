"""DeleteObjects of a version needs s3:DeleteObjectVersion, as DeleteObject does.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions

_extract_published = iam_actions.extract_iam_action


def install() -> None:
    """Wraps the choice of a request's action. MiniStack's own checks of the second and later keys are right."""
    iam_actions.extract_iam_action = _extract_action


def _extract_action(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query_params: Mapping[str, Any],
) -> str | None:
    action: str | None = _extract_published(service, method, path, headers, body, query_params)
    if service != "s3" or action != "s3:DeleteObject" or "delete" not in query_params:
        return action
    targets = iam_actions._s3_batch_delete_targets(path.strip("/"), body)
    has_version = bool(targets) and bool(targets[0][1])
    return "s3:DeleteObjectVersion" if has_version else action
