"""Roles of functions and containers."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.permissions import suppress_prefix_findings


def create_role(
    scope: Construct,
    service: str,
    statements: Sequence[iam.PolicyStatement],
    document: iam.PolicyDocument | None = None,
) -> iam.Role:
    """Creates the role that `service` assumes, with an inline policy, so that nothing runs before it has its permissions.

    `document` is the policy, to which more statements may be added until the synthesis; by default a new one.
    """
    document = document or iam.PolicyDocument()
    document.add_statements(*statements)
    role = iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal(service),
        inline_policies={"Permissions": document},
    )
    suppress_prefix_findings(role, statements)
    return role
