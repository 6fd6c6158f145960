"""No role has a permission too many: without any single action of a role, a scenario of its function fails.

The owner of the account removes the action on the running stack, and the deployed function runs.
"""

import pytest

from tests.journeys.edge_front import goes_around_the_edge
from tests.journeys.permissions import SCENARIOS
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenario_context import ProveNeed

STACK = "stack"
SIGNING = {Permission("Documents", "s3:GetObjectVersion", prefix) for prefix in ("documents", "renditions")}
"""Permissions of presigned downloads, which a deployment whose downloads are CloudFront's does not have."""


def test_every_permission_of_every_role_has_a_scenario(roles: Roles) -> None:
    has_cdn = roles.stack.edge is not None
    assert roles.list_permissions() == set(SCENARIOS) - (SIGNING if has_cdn else set())


@pytest.mark.parametrize(
    "permission",
    [
        pytest.param(each, id=" ".join(each), marks=goes_around_the_edge if each in SIGNING else ())
        for each in sorted(SCENARIOS)
    ],
)
def test_a_scenario_fails_without_its_permission_and_passes_with_it(
    prove_need: ProveNeed, permission: Permission
) -> None:
    prove_need(permission, SCENARIOS[permission])
