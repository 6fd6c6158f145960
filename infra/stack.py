"""The stack: makes each concern's construct, gives each function its rights, and joins them."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.alarms import Alarms
from infra.api import Api
from infra.arrivals import Arrivals
from infra.bundle import bundle
from infra.context import Deployment
from infra.encryption import Encryption
from infra.functions import Function
from infra.identity import UserPool, jwt_authorizer
from infra.permissions import key_permissions, permissions
from infra.records import Records
from infra.storage import Storage
from infra.work_queue import WorkQueue

_TIMEOUTS = {
    # Just under API Gateway's 30 s: completing a multipart upload waits that long for S3 before it answers 202.
    "uploads": cdk.Duration.seconds(29),
    "documents": cdk.Duration.seconds(10),
    # The longest that Lambda allows, and the lease of whoever works on a document (functions/core/lifecycle.py): a
    # copy in parts goes on as long as it can.
    "object_created": cdk.Duration.minutes(15),
    "janitor": cdk.Duration.minutes(5),
    # The lease of whoever empties a document's keys (functions/core/deletion.py).
    "purge": cdk.Duration.minutes(5),
}
_JANITOR_PERIOD = cdk.Duration.minutes(15)


class AirlockStack(cdk.Stack):
    """Everything Airlock owns in an account. It names no account and no Region, so it synthesises anywhere."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._removal = cdk.RemovalPolicy.DESTROY if deployment.disposable else cdk.RemovalPolicy.RETAIN
        self._key = (
            Encryption(self, "Encryption", removal_policy=self._removal).key if deployment.kms else None
        )
        self._storage = Storage(
            self,
            "Storage",
            web_origins=deployment.web_origins,
            url_lifetime=deployment.numbers["url_lifetime"],
            download_lifetime=deployment.numbers["download_lifetime"],
            removal_policy=self._removal,
            key=self._key,
        )
        self._records = Records(
            self,
            "Records",
            removal_policy=self._removal,
            protect=not deployment.disposable,
            key=self._key,
        )
        self._arrivals = Arrivals(
            self,
            "Arrivals",
            bucket=self._storage.bucket,
            visibility_timeout=_TIMEOUTS["object_created"],
            key=self._key,
        )
        self._purges = WorkQueue(self, "Purges", visibility_timeout=_TIMEOUTS["purge"], key=self._key)
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
            arrivals=self._arrivals.queue,
            dead_letters=self._arrivals.dead_letters,
            dead_purges=self._purges.dead_letters,
            object_created=functions["object_created"],
            janitor=functions["janitor"],
            api=api.api,
        )
        self._output(ApiUrl=api.url, Issuer=issuer)
        self._output(Bucket=self._storage.bucket.bucket_name, Table=self._records.table.table_name)

    def _identity(self) -> tuple[str, tuple[str, ...]]:
        """Issuer and audience: those given, or those of a user pool made here."""
        if self._deployment.oidc_issuer:
            return self._deployment.oidc_issuer, self._deployment.oidc_audience
        users = UserPool(self, "Users", removal_policy=self._removal, protect=not self._deployment.disposable)
        self._output(UserPoolId=users.pool.user_pool_id, ClientId=users.client.user_pool_client_id)
        return users.issuer, (users.client.user_pool_client_id,)

    def _functions(self) -> dict[str, lambda_.Function]:
        bucket, table = self._storage.bucket, self._records.table
        arrivals, purges = self._arrivals.queue, self._purges.queue
        settings = self._deployment.settings(
            bucket=bucket.bucket_name,
            table=table.table_name,
            arrivals_url=arrivals.queue_url,
            purges_url=purges.queue_url,
        )
        rights = permissions(bucket=bucket, table=table, arrivals=arrivals, purges=purges)
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
        made["object_created"].read_from(arrivals)
        made["purge"].read_from(purges)
        made["janitor"].run_every(_JANITOR_PERIOD)
        return {name: function.function for name, function in made.items()}

    def _output(self, **values: str) -> None:
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)
