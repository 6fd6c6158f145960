"""The stack: creates the constructs and passes each the others that it needs."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.steps import PROMOTE
from functions.settings import Settings
from infra.alarm_topic import AlarmTopic
from infra.alarms import Alarms
from infra.api import Api
from infra.bundle import bundle
from infra.context import Deployment
from infra.dashboard import Sources
from infra.delivery import SIGNS_DOWNLOADS, create_delivery
from infra.deploy_rules import guard_key, require_bootstrap
from infra.document_table import DocumentTable
from infra.edge.guard import guard_routes
from infra.encryption import create_encryption
from infra.features.events import EventsProps
from infra.features.large_copy import LargeCopy
from infra.features.page import create_page
from infra.features.registry import STEP_CONSTRUCTS
from infra.features.subscribers import create_events, has_events
from infra.functions import Function, SharedProps
from infra.identity import Identity, create_identity, jwt_authorizer
from infra.inventory import create_inventory
from infra.manifests import create_manifests
from infra.names import construct_name
from infra.observability import create_observability
from infra.permissions import PermissionProps, counts_owners, key_permissions, permissions
from infra.queue_with_dead_letters import QueueWithDeadLetters
from infra.queues import create_queues
from infra.step_queues import StepQueues
from infra.steps import create_shipped_steps, create_step_queues
from infra.storage import Storage
from infra.throttles import Throttles
from infra.timeouts import SWEEP_PERIOD, TIMEOUTS


class AirlockStack(cdk.Stack):
    """All resources of one deployment. Environment-agnostic: the template names no account and no Region.

    A deployer's own worker needs `steps[NAME].connect` and `step_worker_statements(bucket, steps[NAME], NAME, key)`.
    """

    bucket: s3.Bucket
    key: kms.IKey | None
    steps: Mapping[str, StepQueues]
    """Step with a worker -> its queues."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(
            scope, id, synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
        )
        self._deployment = deployment
        self._outputs: dict[str, str] = {}
        require_bootstrap(self)
        guard_key(self, deployment.kms)
        policy = cdk.RemovalPolicy
        self._removal_policy = policy.DESTROY if deployment.is_ephemeral else policy.RETAIN
        self.key = create_encryption(self, deployment, self._removal_policy)
        self._data_key = self.key if deployment.encrypts_with_key else None
        page = create_page(self, deployment, self._data_key)
        self._web_origins = (*deployment.web_origins, *([page.origin] if page else []))
        self._create_stores()
        self._queues = create_queues(self, self.bucket, TIMEOUTS, self._data_key)
        self.steps = create_step_queues(self, deployment, TIMEOUTS["pipeline"], self._data_key)
        identity = create_identity(self, deployment, self._removal_policy)
        self._shared = SharedProps(
            code=bundle(self, deployment.bundled_files),
            environment=self._environment(),
            removal_policy=self._removal_policy,
            key=self._data_key,
            is_traced=deployment.tracing,
        )
        self._delivery = create_delivery(
            self, deployment, web_origins=self._web_origins, bucket=self.bucket, key=self.key
        )
        functions = self._create_functions()
        api = self._create_routes(functions, identity)
        self._create_alarms(functions, api)
        self._add_outputs(ApiUrl=deployment.edge_url or api.url, Issuer=identity.issuer, **identity.outputs)
        self._add_outputs(SweepsFunction=functions["sweeps"].function.function_name)
        self._add_outputs(Bucket=self.bucket.bucket_name, Table=self._table.table.table_name)
        if page:
            page.publish(self._outputs, self._delivery.origin if self._delivery else None)

    def _create_stores(self) -> None:
        """Creates the bucket, the reports about it, and the table."""
        self.bucket = Storage(
            self,
            "Storage",
            deployment=self._deployment,
            web_origins=self._web_origins,
            removal_policy=self._removal_policy,
            key=self._data_key,
        ).bucket
        self._inventory = create_inventory(
            self,
            self._deployment,
            source=self.bucket,
            removal_policy=self._removal_policy,
            key=self._data_key,
        )
        self._table = DocumentTable(
            self,
            "DocumentTable",
            removal_policy=self._removal_policy,
            deletion_protection=not self._deployment.is_ephemeral,
            key=self._data_key,
            has_stream=has_events(self._deployment),
        )

    def _create_functions(self) -> dict[str, Function]:
        statements = self._statements()
        functions = {
            name: Function(
                self,
                construct_name(name),
                name=name,
                timeout=timeout,
                statements=statements[name],
                shared=self._delivery.share(self._shared, name) if self._delivery else self._shared,
            )
            for name, timeout in TIMEOUTS.items()
        }
        if self._delivery:
            self._delivery.let_sign(functions[SIGNS_DOWNLOADS])
        self._connect(functions)
        LargeCopy(
            self,
            "LargeCopy",
            queues=self.steps[PROMOTE],
            statements=statements["large_copy"],
            shared=self._shared,
        )
        create_shipped_steps(
            self,
            self.steps,
            deployment=self._deployment,
            bucket=self.bucket,
            key=self.key,
            shared=self._shared,
        )
        return functions

    def _create_events(self) -> dict[str, Function]:
        """Creates the event bus and its subscribers. Returns their functions with routes."""
        props = EventsProps(
            deployment=self._deployment,
            bucket=self.bucket,
            table=self._table.table,
            key=self.key,
            data_key=self._data_key,
            delivery=self._delivery,
            shared=self._shared,
        )
        with_routes: dict[str, Function] = {}
        for each in create_events(self, props):
            self._add_outputs(**each.outputs)
            with_routes |= each.route_functions
        return with_routes

    def _connect(self, functions: Mapping[str, Function]) -> None:
        chosen, pipeline = self._deployment, functions["pipeline"]
        pipeline.read_from(self._queues.object_created.queue, max_concurrency=chosen.pipeline_concurrency)
        for step, queues in self.steps.items():
            results, name = queues.results.queue, f"{construct_name(step)}Results"
            pipeline.read_from(results, name, max_concurrency=chosen.pipeline_concurrency)
        functions["purge"].read_from(self._queues.purge_tasks.queue, max_concurrency=chosen.purge_concurrency)
        functions["sweeps"].read_from(
            self._queues.sweep_slices.queue, batch_size=1, max_concurrency=chosen.sweep_concurrency
        )
        functions["sweeps"].run_every(SWEEP_PERIOD)

    def _environment(self) -> dict[str, str]:
        settings = Settings(
            bucket=self.bucket.bucket_name,
            table=self._table.table.table_name,
            upload_events_url=self._queues.object_created.queue.queue_url,
            purge_queue_url=self._queues.purge_tasks.queue.queue_url,
            consumed_queues=self.to_json_string([each.urls for each in self._consumed_queues()]),
            slice_queue_url=self._queues.sweep_slices.queue.queue_url,
            step_queues=self.to_json_string({step: queues.urls for step, queues in self.steps.items()}),
            reports_bucket=self._inventory.bucket.bucket_name if self._inventory else "",
            metrics_namespace=self.stack_name if self._deployment.metrics else "",
            **self._deployment.function_options,
        )
        return settings.to_environment()

    def _consumed_queues(self) -> list[QueueWithDeadLetters]:
        """Returns the queues that our own functions read."""
        tasks = (self.steps[step].tasks for step in self.steps if step in {PROMOTE, *STEP_CONSTRUCTS})
        return [*self._queues, *tasks, *(queues.results for queues in self.steps.values())]

    def _statements(self) -> dict[str, list[iam.PolicyStatement]]:
        props = PermissionProps(
            bucket=self.bucket,
            table=self._table.table,
            queues=self._queues,
            steps=self.steps,
            reports=self._inventory.bucket if self._inventory else None,
            has_quarantine=self._deployment.quarantine_days > 0,
            counts_owners=counts_owners(self._deployment),
            has_claims=any(kind.claim_within for kind in self._deployment.read_kinds()),
            signs_downloads=self._deployment.has_presigned_downloads,
        )
        additional = key_permissions(self.key, self._deployment.has_presigned_downloads) if self.key else {}
        return {name: [*own, *additional.get(name, [])] for name, own in permissions(props).items()}

    def _create_routes(self, functions: Mapping[str, Function], identity: Identity) -> Api:
        """Creates the API, and the functions that have routes only with their options. Returns the API."""
        manifests = create_manifests(
            self, self._deployment, table=self._table.table, data_key=self.key, shared=self._shared
        )
        optional = {"manifests": manifests.function} if manifests else {}
        with_routes = {**functions, **optional, **self._create_events()}
        api = self._create_api(with_routes, identity)
        if manifests:
            manifests.set_issuer(self._deployment.edge_url or api.api.api_endpoint)
        if self._deployment.has_edge:
            self._add_outputs(**guard_routes(self, with_routes, api.url, self._deployment))
        return api

    def _create_api(self, functions: Mapping[str, Function], identity: Identity) -> Api:
        """Creates the API. Of `functions` it invokes those that rows of the route table name."""
        return Api(
            self,
            "Api",
            functions={name: each.function for name, each in functions.items()},
            authorizer=jwt_authorizer(identity),
            scopes=self._deployment.route_scopes,
            web_origins=self._web_origins,
            allow_headers=self._deployment.allow_headers,
            removal_policy=self._removal_policy,
            throttles=Throttles.of_deployment(self._deployment),
            key=self._data_key,
            options=self._deployment.route_options,
        )

    def _create_alarms(self, functions: Mapping[str, Function], api: Api) -> None:
        Alarms(
            self,
            "Alarms",
            queues=self._queues,
            steps=self.steps,
            pipeline=functions["pipeline"],
            sweeps=functions["sweeps"],
            api=api.api,
        )
        if self._inventory:
            self._inventory.watch(functions["sweeps"].log_group)
            self._add_outputs(Reports=self._inventory.bucket.bucket_name)
        queues = {
            "upload events": self._queues.object_created.queue,
            "purges": self._queues.purge_tasks.queue,
            "slices": self._queues.sweep_slices.queue,
        }
        sources = Sources(
            api=api, functions=functions, queues=queues, steps=self.steps, table=self._table.table
        )
        create_observability(self, sources, self._deployment)
        topic = AlarmTopic(self, "Notifications", emails=self._deployment.alarm_email, key=self._data_key)
        topic.connect_alarms(self)
        self._add_outputs(AlarmTopic=topic.topic.topic_arn)

    def _add_outputs(self, **values: str) -> None:
        """Adds outputs. The id of each has a suffix, because the construct of the step `table` has the name of one."""
        self._outputs |= values
        for name, value in values.items():
            cdk.CfnOutput(self, f"{name}Output", value=value).override_logical_id(name)
