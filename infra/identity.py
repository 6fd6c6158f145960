"""Identity of the callers: a JWT authorizer for a Cognito user pool, or for any OpenID Connect issuer."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.context import Deployment
from infra.nag import suppress
from infra.service_clients import add_service_clients


class UserPool(Construct):
    """A user pool with invited users, who sign in by e-mail and may add TOTP. Its client is public (no secret)."""

    def __init__(
        self, scope: Construct, id: str, *, removal_policy: cdk.RemovalPolicy, deletion_protection: bool
    ) -> None:
        super().__init__(scope, id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            # A new address counts only once its owner has confirmed it.
            keep_original=cognito.KeepOriginalAttrs(email=True),
            deletion_protection=deletion_protection,
            removal_policy=removal_policy,
        )
        self.client = self.pool.add_client(
            "Web",
            generate_secret=False,
            prevent_user_existence_errors=True,
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            disable_o_auth=True,
            # With a stolen access token, UpdateUserAttributes could change the address that passwords are recovered with.
            # Cognito may read an empty list as no list, which allows every attribute
            # (hashicorp/terraform-provider-aws#28684), so this names one that decides nothing.
            write_attributes=cognito.ClientAttributes().with_standard_attributes(locale=True),
        )
        # CloudFormation knows the host in each partition.
        self.issuer = self.pool.user_pool_provider_url
        suppress(self.pool, "AwsSolutions-COG2")
        suppress(self.pool, "AwsSolutions-COG8")


class Identity(NamedTuple):
    """Issuer and audience of the access tokens, and outputs for clients that sign users in."""

    issuer: str
    audience: Sequence[str]
    outputs: Mapping[str, str]


def create_identity(stack: cdk.Stack, deployment: Deployment, removal_policy: cdk.RemovalPolicy) -> Identity:
    """Returns the identity of the context, or that of a user pool that is created here."""
    if deployment.oidc_issuer:
        return Identity(deployment.oidc_issuer, deployment.oidc_audience, {})
    users = UserPool(
        stack, "Users", removal_policy=removal_policy, deletion_protection=not deployment.is_ephemeral
    )
    client_id = users.client.user_pool_client_id
    outputs = {"UserPoolId": users.pool.user_pool_id, "ClientId": client_id}
    if not deployment.service_clients:
        return Identity(users.issuer, (client_id,), outputs)
    machines = add_service_clients(users.pool, deployment.service_clients)
    return Identity(users.issuer, (client_id, *machines.ids), {**outputs, **machines.outputs})


def jwt_authorizer(identity: Identity) -> authorizers.HttpJwtAuthorizer:
    """Returns an authorizer that verifies signature, issuer, expiry, and `aud` or `client_id`.

    API Gateway verifies neither `token_use` nor revocation.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    """
    return authorizers.HttpJwtAuthorizer(
        "Jwt",
        identity.issuer,
        jwt_audience=list(identity.audience),
        identity_source=["$request.header.Authorization"],
    )
