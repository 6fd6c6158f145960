"""The step `scan` with ClamAV: containers on Fargate that read the task queue, as many as it is deep, and none without tasks."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.features.props import StepProps
from infra.nag import suppress
from infra.permissions import clamav_statements
from infra.roles import create_role

_FUNCTIONS = Path(__file__).parents[2] / "functions"
_CPU, _MEMORY = 1_024, 4_096
"""One vCPU, and MB: ClamAV's signatures take 1.3 GB, and twice that while freshclam replaces them."""
_MANY = 20
"""Tasks that wait, from which the service has all of its containers."""
_COOLDOWN = cdk.Duration.minutes(10)
"""A container that has just started has loaded its signatures for minutes."""


class ClamAVScan(Construct):
    """A VPC without a NAT gateway, a cluster and a service, which `cdk deploy` builds an image for: that needs docker.

    Nothing may connect to the containers. They have public addresses, because those cost less than a NAT gateway.
    """

    def __init__(self, scope: Construct, id: str, props: StepProps) -> None:
        super().__init__(scope, id)
        self._props = props
        task = self._create_task()
        self._add_container(task)
        self._scale(self._create_service(task))

    def _create_task(self) -> ecs.FargateTaskDefinition:
        props = self._props
        statements = clamav_statements(props.bucket, props.queues, props.key)
        role = create_role(self, "ecs-tasks.amazonaws.com", statements)
        return ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=_CPU,
            memory_limit_mib=_MEMORY,
            task_role=role,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
        )

    def _add_container(self, task: ecs.FargateTaskDefinition) -> None:
        props = self._props
        log = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=props.shared.removal_policy,
            encryption_key=props.shared.key,
        )
        settings = props.shared.with_settings(step=props.step).environment
        task.add_container(
            "Scanner",
            image=ecs.ContainerImage.from_asset(
                str(_FUNCTIONS),
                file="features/scan/container/Dockerfile",
                platform=ecr_assets.Platform.LINUX_ARM64,
                exclude=["**/__pycache__"],
            ),
            environment={**settings, "AWS_REGION": cdk.Stack.of(self).region},
            logging=ecs.LogDrivers.aws_logs(stream_prefix="scan", log_group=log),
            # freshclam and clamd need minutes to start, and a scan that has begun ends first.
            stop_timeout=cdk.Duration.seconds(120),
        )
        suppress(task, "AwsSolutions-ECS2")
        if task.execution_role:
            suppress(task.execution_role.node.find_child("DefaultPolicy"), "AwsSolutions-IAM5[Resource::*]")

    def _create_service(self, task: ecs.FargateTaskDefinition) -> ecs.FargateService:
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=2,
            nat_gateways=0,
            subnet_configuration=[ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)],
            # Bytes of files do not pass the internet gateway.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        suppress(vpc, "AwsSolutions-VPC7")
        cluster = ecs.Cluster(self, "Cluster", vpc=vpc)
        suppress(cluster, "AwsSolutions-ECS4")
        return ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=task,
            desired_count=0,
            assign_public_ip=True,
            min_healthy_percent=0,
            max_healthy_percent=100,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
        )

    def _scale(self, service: ecs.FargateService) -> None:
        """Counts the tasks that wait and those at work, so that no container is stopped during a scan."""
        queue, most = self._props.queues.tasks.queue, self._props.deployment.clamav_containers
        minute = cdk.Duration.minutes(1)
        depth = cloudwatch.MathExpression(
            expression="waiting + working",
            using_metrics={
                "waiting": queue.metric_approximate_number_of_messages_visible(
                    period=minute, statistic="Maximum"
                ),
                "working": queue.metric_approximate_number_of_messages_not_visible(
                    period=minute, statistic="Maximum"
                ),
            },
            period=minute,
        )
        interval = autoscaling.ScalingInterval
        service.auto_scale_task_count(min_capacity=0, max_capacity=most).scale_on_metric(
            "Depth",
            metric=depth,
            adjustment_type=autoscaling.AdjustmentType.EXACT_CAPACITY,
            cooldown=_COOLDOWN,
            scaling_steps=[
                interval(upper=0, change=0),
                interval(lower=1, upper=_MANY, change=1),
                interval(lower=_MANY, change=most),
            ],
        )
