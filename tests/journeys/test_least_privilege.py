"""No role has a permission too many: without any single action of a role, a scenario of its function fails.

The owner of the account removes the action on the running stack, and the deployed function runs.
"""

import pytest

from tests.journeys.permissions import SCENARIOS
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenario_context import ProveNeed

STACK = "stack"


def test_every_permission_of_every_role_has_a_scenario(roles: Roles) -> None:
    assert roles.list_permissions() == set(SCENARIOS)


@pytest.mark.parametrize("permission", sorted(SCENARIOS), ids=" ".join)
def test_a_scenario_fails_without_its_permission_and_passes_with_it(
    prove_need: ProveNeed, permission: Permission
) -> None:
    prove_need(permission, SCENARIOS[permission])
