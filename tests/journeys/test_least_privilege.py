"""No role has a right too many: without any one action of any role, something that the function is there for fails.

Who takes the action out is the account's owner, on the running stack; what is tried is the deployed function itself.
"""

import pytest

from local.stack import LocalStack
from tests.counted import Counted
from tests.journeys.arrivals import UploadEvents
from tests.journeys.backstage import Backstage
from tests.journeys.client import Client
from tests.journeys.duties import World
from tests.journeys.rights import DUTIES
from tests.journeys.roles import Right, Roles


@pytest.fixture(scope="module")
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture(scope="module")
def world(ada: Client, roles: Roles, backstage: Backstage, arrivals: UploadEvents) -> World:
    backstage.sweep()
    return World(ada, roles, backstage, arrivals)


def test_every_right_of_every_deployed_role_has_a_duty_that_needs_it(roles: Roles) -> None:
    assert roles.rights() == set(DUTIES)


@pytest.mark.parametrize("right", sorted(DUTIES), ids=" ".join)
def test_without_this_right_its_duty_is_not_done_and_with_it_again_it_is(
    world: World, right: Right, counted: Counted
) -> None:
    with world.roles.without(right):
        done = DUTIES[right](world)
    counted("IAM actions removed", 1)
    assert not done
    counted("IAM actions removed and caught", 1)
    assert DUTIES[right](world)
