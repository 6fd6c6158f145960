"""The operator on the local stack: the deployment as its account's owner sees it, or with the role of docs/operate.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from local.aws import ROOT
from local.stack import LocalStack
from operate.deployment import Deployment, find_local_deployment
from tests.journeys.policy_role import Policy, PolicyRole, create_policy_role
from tests.journeys.policy_role import read_policy as read_documented_policy

POLICY = ROOT / "operate" / "policy.json"
READER = ROOT / "docs" / "policies" / "reader.json"
SLOWEST_SMOKE = 120
"""Seconds for `smoke`, which waits for real uploads. It takes far less, so that no slow machine makes the test fail."""


def open_deployment(stack: LocalStack, folder: Path) -> Deployment:
    """Returns the deployment through a ready file, as `--ready-file` does."""
    path = folder / "ready.json"
    stack.write_ready_file(path)
    return find_local_deployment(path)


def read_policy() -> Policy:
    """Returns the documented policy for the local stack."""
    return read_documented_policy(POLICY)


def list_actions() -> list[str]:
    return [action for statement in read_policy()["Statement"] for action in statement["Action"]]


@dataclass(frozen=True)
class OperatorRole:
    """A role with the documented policy, and the deployment that acts with it."""

    role: PolicyRole
    deployment: Deployment

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Removes one action for a while."""
        kept = [
            {**statement, "Action": actions}
            for statement in self.role.policy["Statement"]
            if (actions := [each for each in statement["Action"] if each != action])
        ]
        with self.role.limited_to(kept):
            yield


def create_role(stack: LocalStack, deployment: Deployment) -> OperatorRole:
    """Creates the role and assumes it."""
    role = create_policy_role(stack, "AirlockOperator", read_policy())
    return OperatorRole(role, replace(deployment, session=role.open_session()))


def open_as_reader(stack: LocalStack, deployment: Deployment) -> Deployment:
    """Returns the deployment as a role sees it that may only read."""
    role = create_policy_role(stack, "AirlockReader", read_documented_policy(READER))
    return replace(deployment, session=role.open_session())
