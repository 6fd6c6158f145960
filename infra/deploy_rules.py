"""Rules of the template: conditions that CloudFormation checks before it changes anything."""

import aws_cdk as cdk
from constructs import Construct

_BOOTSTRAP = 21
"""Least version of the bootstrap stack. Since this one, the roles of CDK use only a bucket of their own account.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html#bootstrap-template-history
"""

STATES = {"false": "none", "standby": "usable", "true": "usable"}
"""Value of the setting `kms` -> state of the key that it needs in the deployed stack."""


def require_bootstrap(stack: cdk.Stack) -> None:
    """Refuses a deployment to an account and Region whose bootstrap stack is older. Replaces CDK's own rule, which is laxer."""
    version = cdk.CfnParameter(
        stack,
        "BootstrapVersion",
        type="AWS::SSM::Parameter::Value<String>",
        default=f"/cdk-bootstrap/{cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER}/version",
        description="Version of the bootstrap stack of this account and Region. [cdk:skip]",
    )
    older = [str(number) for number in range(1, _BOOTSTRAP)]
    _add_rule(
        stack,
        "CheckBootstrapVersion",
        condition=cdk.Fn.condition_not(cdk.Fn.condition_contains(older, version.value_as_string)),
        message=f"The bootstrap stack must have version {_BOOTSTRAP} or later. Run 'cdk bootstrap' again.",
    )


def guard_key(stack: cdk.Stack, kms: str) -> None:
    """Refuses to switch `kms` on or off in one step on a stage that exists.

    The parameter remembers whether the functions may use a key, because the CDK command line keeps the values of parameters
    that it is not given. A new stack gets the value that it needs.
    """
    state = STATES[kms]
    remembered = cdk.CfnParameter(
        stack,
        "KeyState",
        allowed_values=sorted(set(STATES.values())),
        default=state,
        description="Whether the functions of the stack may use its KMS key. Changed by hand only: docs/deploy.md.",
    )
    _add_rule(
        stack,
        "KeyIsSwitchedInTwoSteps",
        condition=cdk.Fn.condition_equals(remembered.value_as_string, state),
        message=f"kms={kms} needs KeyState={state}. On a stage with data, first deploy kms=standby: "
        "see 'Switch KMS on or off' in docs/deploy.md.",
    )


def _add_rule(scope: Construct, id: str, *, condition: cdk.ICfnRuleConditionExpression, message: str) -> None:
    assertion = cdk.CfnRuleAssertion(assert_=condition, assert_description=message)
    cdk.CfnRule(scope, id, assertions=[assertion])
