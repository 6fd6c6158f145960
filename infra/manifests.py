"""Signed manifests (`-c manifest=true`): the KMS key that signs them, and the only function that may use it."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.context import Deployment
from infra.functions import Function, SharedProps
from infra.permissions import manifest_statements

_TIMEOUT = cdk.Duration.seconds(10)


class Manifests(Construct):
    """The function `manifests`. `data_key` is the KMS key of the deployment, if there is one.

    Each number of a key is another key. KMS rotates no asymmetric key, so a new number is the rotation.
    https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        table: dynamodb.Table,
        key_number: int,
        earlier_keys: Sequence[str],
        data_key: kms.IKey | None,
        shared: SharedProps,
    ) -> None:
        super().__init__(scope, id)
        self._earlier_keys = list(earlier_keys)
        self.key = kms.Key(
            self,
            f"Key{key_number}",
            description=f"Manifests of {cdk.Stack.of(self).stack_name}",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=shared.removal_policy,
        )
        self.function = Function(
            self,
            "Manifests",
            name="manifests",
            timeout=_TIMEOUT,
            statements=manifest_statements(table, self.key, data_key),
            shared=shared,
        )

    def set_issuer(self, issuer: str) -> None:
        """Sets the issuer of the manifests. The API has the function's routes, so its URL is known last."""
        manifest = {"key": self.key.key_arn, "issuer": issuer, "earlierKeys": self._earlier_keys}
        self.function.change_settings(manifest=cdk.Stack.of(self).to_json_string(manifest))


def create_manifests(
    scope: Construct,
    deployment: Deployment,
    *,
    table: dynamodb.Table,
    data_key: kms.IKey | None,
    shared: SharedProps,
) -> Manifests | None:
    """Creates the function and its key, if the deployment signs manifests."""
    if not deployment.manifest:
        return None
    return Manifests(
        scope,
        "Manifests",
        table=table,
        key_number=deployment.manifest_key_number,
        earlier_keys=deployment.manifest_earlier_keys,
        data_key=data_key,
        shared=shared,
    )
