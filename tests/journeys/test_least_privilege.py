"""No role has a permission too many: without any single action of a role, a scenario of its function fails.

The owner of the account removes the action on the running stack, and the deployed function runs.
"""

import pytest

from local.stack import LocalStack
from tests.case_counts import CountCases
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.permissions import SCENARIOS
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenario_context import ScenarioContext


@pytest.fixture(scope="module")
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture(scope="module")
def context(ada: ApiClient, roles: Roles, admin: AdminClient, event_sources: EventSources) -> ScenarioContext:
    admin.sweep()
    return ScenarioContext(ada, roles, admin, event_sources)


def test_every_permission_of_every_role_has_a_scenario(roles: Roles) -> None:
    assert roles.list_permissions() == set(SCENARIOS)


@pytest.mark.parametrize("permission", sorted(SCENARIOS), ids=" ".join)
def test_a_scenario_fails_without_its_permission_and_passes_with_it(
    context: ScenarioContext, permission: Permission, count_cases: CountCases
) -> None:
    with context.roles.remove(permission):
        is_done = SCENARIOS[permission](context)
    assert not is_done
    # The scenario succeeds with the whole role, so the permission was the cause.
    assert SCENARIOS[permission](context)
    count_cases("IAM actions whose removal is noticed", 1)
