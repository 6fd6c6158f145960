"""The stack: creates the constructs and passes each the others that it needs."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.settings import Settings
from infra.alarms import Alarms
from infra.api import Api
from infra.bundle import bundle
from infra.context import Deployment
from infra.document_table import DocumentTable
from infra.encryption import Encryption
from infra.functions import Function
from infra.identity import UserPool, jwt_authorizer
from infra.object_created_queue import ObjectCreatedQueue
from infra.permissions import key_permissions, permissions
from infra.queue_with_dead_letters import QueueWithDeadLetters
from infra.storage import Storage

_TIMEOUTS = {
    # API Gateway's integration timeout is 30 s. `complete` waits for S3 almost as long before it returns 202.
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    "uploads": cdk.Duration.seconds(29),
    "documents": cdk.Duration.seconds(10),
    # Lambda's maximum, because a multipart copy may take longer. Equal to the lease of a document that is processed.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    "pipeline": cdk.Duration.minutes(15),
    "sweeps": cdk.Duration.minutes(5),
    # Equal to the lease of a document that is purged.
    "purge": cdk.Duration.minutes(5),
}
_SWEEP_PERIOD = cdk.Duration.minutes(15)


class AirlockStack(cdk.Stack):
    """All resources of one deployment. Environment-agnostic: the template names no account and no Region."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._removal_policy = (
            cdk.RemovalPolicy.DESTROY if deployment.is_ephemeral else cdk.RemovalPolicy.RETAIN
        )
        self._key = (
            Encryption(self, "Encryption", removal_policy=self._removal_policy).key
            if deployment.kms
            else None
        )
        self._storage = Storage(
            self,
            "Storage",
            web_origins=deployment.web_origins,
            url_lifetime=deployment.url_lifetime,
            download_lifetime=deployment.download_lifetime,
            removal_policy=self._removal_policy,
            key=self._key,
        )
        self._table = DocumentTable(
            self,
            "DocumentTable",
            removal_policy=self._removal_policy,
            deletion_protection=not deployment.is_ephemeral,
            key=self._key,
        )
        self._object_created_queue = ObjectCreatedQueue(
            self,
            "ObjectCreated",
            bucket=self._storage.bucket,
            visibility_timeout=_TIMEOUTS["pipeline"],
            key=self._key,
        )
        self._purge_queue = QueueWithDeadLetters(
            self, "PurgeTasks", visibility_timeout=_TIMEOUTS["purge"], key=self._key
        )
        issuer, audience = self._create_identity()
        functions = self._create_functions()
        api = self._create_api(functions, issuer, audience)
        self._create_alarms(functions, api)
        self._add_outputs(ApiUrl=api.url, Issuer=issuer)
        self._add_outputs(Bucket=self._storage.bucket.bucket_name, Table=self._table.table.table_name)

    def _create_identity(self) -> tuple[str, tuple[str, ...]]:
        """Returns issuer and audience: those of the context, or those of a user pool that is created here."""
        if self._deployment.oidc_issuer:
            return self._deployment.oidc_issuer, self._deployment.oidc_audience
        users = UserPool(
            self,
            "Users",
            removal_policy=self._removal_policy,
            deletion_protection=not self._deployment.is_ephemeral,
        )
        self._add_outputs(UserPoolId=users.pool.user_pool_id, ClientId=users.client.user_pool_client_id)
        return users.issuer, (users.client.user_pool_client_id,)

    def _create_functions(self) -> dict[str, lambda_.Function]:
        environment, statements, code = self._environment(), self._statements(), bundle(self)
        functions = {
            name: Function(
                self,
                name.title().replace("_", ""),
                name=name,
                code=code,
                timeout=timeout,
                environment=environment,
                statements=statements[name],
                removal_policy=self._removal_policy,
            )
            for name, timeout in _TIMEOUTS.items()
        }
        functions["pipeline"].read_from(self._object_created_queue.queue)
        functions["purge"].read_from(self._purge_queue.queue)
        functions["sweeps"].run_every(_SWEEP_PERIOD)
        return {name: function.function for name, function in functions.items()}

    def _environment(self) -> dict[str, str]:
        settings = Settings(
            bucket=self._storage.bucket.bucket_name,
            table=self._table.table.table_name,
            upload_events_url=self._object_created_queue.queue.queue_url,
            purge_queue_url=self._purge_queue.queue.queue_url,
            **self._deployment.function_options,
        )
        return settings.to_environment()

    def _statements(self) -> dict[str, list[iam.PolicyStatement]]:
        statements = permissions(
            bucket=self._storage.bucket,
            table=self._table.table,
            object_created_queue=self._object_created_queue.queue,
            purge_queue=self._purge_queue.queue,
        )
        additional = key_permissions(self._key) if self._key else {}
        return {name: [*own, *additional.get(name, [])] for name, own in statements.items()}

    def _create_api(
        self, functions: Mapping[str, lambda_.Function], issuer: str, audience: Sequence[str]
    ) -> Api:
        return Api(
            self,
            "Api",
            uploads=functions["uploads"],
            documents=functions["documents"],
            authorizer=jwt_authorizer(issuer=issuer, audience=audience),
            scopes=self._deployment.scopes,
            web_origins=self._deployment.web_origins,
            removal_policy=self._removal_policy,
        )

    def _create_alarms(self, functions: Mapping[str, lambda_.Function], api: Api) -> None:
        Alarms(
            self,
            "Alarms",
            object_created_queue=self._object_created_queue.queue,
            object_created_dead_letters=self._object_created_queue.dead_letters,
            purge_dead_letters=self._purge_queue.dead_letters,
            pipeline=functions["pipeline"],
            sweeps=functions["sweeps"],
            api=api.api,
        )

    def _add_outputs(self, **values: str) -> None:
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)
