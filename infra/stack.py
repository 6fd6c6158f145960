"""The stack: makes each concern's construct, gives each function its rights, and joins them."""

import aws_cdk as cdk
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
from infra.storage import Storage
from infra.work_queue import WorkQueue

_TIMEOUTS = {
    # Just under API Gateway's 30 s: completing a multipart upload waits that long for S3 before it answers 202.
    "uploads": cdk.Duration.seconds(29),
    "documents": cdk.Duration.seconds(10),
    # The longest that Lambda allows, and the lease of whoever works on a document (functions/domain/effects.py): a
    # copy in parts goes on as long as it can.
    "pipeline": cdk.Duration.minutes(15),
    "sweeps": cdk.Duration.minutes(5),
    # The lease of whoever empties a document's keys (functions/domain/effects.py).
    "purge": cdk.Duration.minutes(5),
}
_SWEEP_PERIOD = cdk.Duration.minutes(15)


class AirlockStack(cdk.Stack):
    """Everything Airlock owns in an account. It names no account and no Region, so it synthesises anywhere."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._removal = cdk.RemovalPolicy.DESTROY if deployment.is_ephemeral else cdk.RemovalPolicy.RETAIN
        self._key = (
            Encryption(self, "Encryption", removal_policy=self._removal).key if deployment.kms else None
        )
        self._storage = Storage(
            self,
            "Storage",
            web_origins=deployment.web_origins,
            url_lifetime=deployment.url_lifetime,
            download_lifetime=deployment.download_lifetime,
            removal_policy=self._removal,
            key=self._key,
        )
        self._table = DocumentTable(
            self,
            "DocumentTable",
            removal_policy=self._removal,
            protect=not deployment.is_ephemeral,
            key=self._key,
        )
        self._object_created_queue = ObjectCreatedQueue(
            self,
            "ObjectCreated",
            bucket=self._storage.bucket,
            visibility_timeout=_TIMEOUTS["pipeline"],
            key=self._key,
        )
        self._purge_queue = WorkQueue(
            self, "PurgeTasks", visibility_timeout=_TIMEOUTS["purge"], key=self._key
        )
        issuer, audience = self._identity()
        functions = self._functions()
        api = Api(
            self,
            "Api",
            uploads=functions["uploads"],
            documents=functions["documents"],
            authorizer=jwt_authorizer(issuer=issuer, audience=audience),
            scopes=deployment.scopes,
            web_origins=deployment.web_origins,
            removal_policy=self._removal,
        )
        Alarms(
            self,
            "Alarms",
            object_created_queue=self._object_created_queue.queue,
            dead_letters=self._object_created_queue.dead_letters,
            dead_purges=self._purge_queue.dead_letters,
            pipeline=functions["pipeline"],
            sweeps=functions["sweeps"],
            api=api.api,
        )
        self._output(ApiUrl=api.url, Issuer=issuer)
        self._output(Bucket=self._storage.bucket.bucket_name, Table=self._table.table.table_name)

    def _identity(self) -> tuple[str, tuple[str, ...]]:
        """Issuer and audience: those given, or those of a user pool made here."""
        if self._deployment.oidc_issuer:
            return self._deployment.oidc_issuer, self._deployment.oidc_audience
        users = UserPool(
            self, "Users", removal_policy=self._removal, protect=not self._deployment.is_ephemeral
        )
        self._output(UserPoolId=users.pool.user_pool_id, ClientId=users.client.user_pool_client_id)
        return users.issuer, (users.client.user_pool_client_id,)

    def _functions(self) -> dict[str, lambda_.Function]:
        bucket, table = self._storage.bucket, self._table.table
        object_created_queue, purge_queue = self._object_created_queue.queue, self._purge_queue.queue
        settings = Settings(
            bucket=bucket.bucket_name,
            table=table.table_name,
            upload_events_url=object_created_queue.queue_url,
            purge_queue_url=purge_queue.queue_url,
            **self._deployment.function_options,
        )
        rights = permissions(
            bucket=bucket, table=table, object_created_queue=object_created_queue, purge_queue=purge_queue
        )
        if self._key:
            for name, statements in key_permissions(self._key).items():
                rights[name] += statements
        code = bundle(self)
        made = {
            name: Function(
                self,
                name.title().replace("_", ""),
                name=name,
                code=code,
                timeout=timeout,
                environment=settings.to_environment(),
                statements=rights[name],
                removal_policy=self._removal,
            )
            for name, timeout in _TIMEOUTS.items()
        }
        made["pipeline"].read_from(object_created_queue)
        made["purge"].read_from(purge_queue)
        made["sweeps"].run_every(_SWEEP_PERIOD)
        return {name: function.function for name, function in made.items()}

    def _output(self, **values: str) -> None:
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)
