"""No role has a permission too many: without any one action of any role, something that the function is there for fails.

Who takes the action out is the account's owner, on the running stack; what is tried is the deployed function itself.
"""

import pytest

from local.stack import LocalStack
from tests.counted import Counted
from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.event_sources import EventSources
from tests.journeys.permissions import SCENARIOS
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenarios import Deployment


@pytest.fixture(scope="module")
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture(scope="module")
def world(ada: Client, roles: Roles, admin: AdminClient, event_sources: EventSources) -> Deployment:
    admin.sweep()
    return Deployment(ada, roles, admin, event_sources)


def test_a_scenario_needs_every_permission_of_every_role(roles: Roles) -> None:
    assert roles.permissions() == set(SCENARIOS)


@pytest.mark.parametrize("permission", sorted(SCENARIOS), ids=" ".join)
def test_a_scenario_fails_without_its_permission_and_passes_with_it(
    world: Deployment, permission: Permission, counted: Counted
) -> None:
    with world.roles.without(permission):
        done = SCENARIOS[permission](world)
    counted("IAM actions removed", 1)
    assert not done
    counted("IAM actions removed and caught", 1)
    assert SCENARIOS[permission](world)
