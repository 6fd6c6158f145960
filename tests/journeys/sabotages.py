"""Faults of a deployment that `doctor` has to name. Each is a context that breaks one thing and repairs it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from operate.deployment import Deployment
from operate.template import Resource, read_template
from tests.journeys.rules import disable_rule


@dataclass(frozen=True)
class Sabotage:
    """`check` and `problem` are those of the finding."""

    id: str
    check: str
    problem: str
    apply: Callable[[Deployment], Any]


def _find(deployment: Deployment, resource_type: str, prefix: str = "") -> Resource:
    resources = read_template(deployment).list_resources(resource_type)
    return next(resource for resource in resources if resource.logical_id.startswith(prefix))


@contextmanager
def remove_api_cors(deployment: Deployment) -> Iterator[None]:
    api = _find(deployment, "AWS::ApiGatewayV2::Api")
    client, cors = deployment.client("apigatewayv2"), api.properties["CorsConfiguration"]
    client.update_api(
        ApiId=api.physical_id, CorsConfiguration=cors | {"AllowOrigins": ["https://other.example"]}
    )
    try:
        yield
    finally:
        client.update_api(ApiId=api.physical_id, CorsConfiguration=cors)


@contextmanager
def remove_bucket_cors(deployment: Deployment) -> Iterator[None]:
    s3 = deployment.client("s3")
    rules = s3.get_bucket_cors(Bucket=deployment.bucket)["CORSRules"]
    s3.delete_bucket_cors(Bucket=deployment.bucket)
    try:
        yield
    finally:
        s3.put_bucket_cors(Bucket=deployment.bucket, CORSConfiguration={"CORSRules": rules})


@contextmanager
def drop_role_statement(deployment: Deployment) -> Iterator[None]:
    iam, role = deployment.client("iam"), _find(deployment, "AWS::IAM::Role", "Purge").physical_id
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    kept = policy | {"Statement": policy["Statement"][1:]}
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(kept))
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))


@contextmanager
def attach_policy(deployment: Deployment) -> Iterator[None]:
    iam, role = deployment.client("iam"), _find(deployment, "AWS::IAM::Role", "Uploads").physical_id
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="Convenient", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="Convenient")


@contextmanager
def drop_bucket_statement(deployment: Deployment) -> Iterator[None]:
    s3, bucket = deployment.client("s3"), deployment.bucket
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    policy = json.loads(before)
    kept = [each for each in policy["Statement"] if each["Sid"] != "NoPresignedReadOfStaging"]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy | {"Statement": kept}))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=before)


@contextmanager
def remove_alarm_target(deployment: Deployment) -> Iterator[None]:
    cloudwatch = deployment.client("cloudwatch")
    name = _find(deployment, "AWS::CloudWatch::Alarm", "AlarmsPipelineErrors").physical_id
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    put_alarm(cloudwatch, alarm, [])
    try:
        yield
    finally:
        put_alarm(cloudwatch, alarm, alarm["AlarmActions"])


@contextmanager
def delete_composite_alarm(deployment: Deployment) -> Iterator[None]:
    cloudwatch = deployment.client("cloudwatch")
    name = _find(deployment, "AWS::CloudWatch::CompositeAlarm", "ServiceLevelFastBurn").physical_id
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    cloudwatch.delete_alarms(AlarmNames=[name])
    try:
        yield
    finally:
        put_composite_alarm(cloudwatch, alarm, alarm["AlarmActions"])


@contextmanager
def change_audience(deployment: Deployment) -> Iterator[None]:
    client = deployment.client("apigatewayv2")
    authorizer = _find(deployment, "AWS::ApiGatewayV2::Authorizer")
    api, jwt = authorizer.properties["ApiId"], authorizer.properties["JwtConfiguration"]

    def update(audience: list[str]) -> None:
        client.update_authorizer(
            ApiId=api, AuthorizerId=authorizer.physical_id, JwtConfiguration=jwt | {"Audience": audience}
        )

    update(["somebody-else"])
    try:
        yield
    finally:
        update(jwt["Audience"])


@contextmanager
def open_route(deployment: Deployment) -> Iterator[None]:
    client = deployment.client("apigatewayv2")
    api = _find(deployment, "AWS::ApiGatewayV2::Api").physical_id
    routes = client.get_routes(ApiId=api)["Items"]
    route = next(route for route in routes if route["RouteKey"] == "GET /documents/{id}")
    client.update_route(ApiId=api, RouteId=route["RouteId"], AuthorizationType="NONE")
    try:
        yield
    finally:
        client.update_route(
            ApiId=api, RouteId=route["RouteId"], AuthorizationType="JWT", AuthorizerId=route["AuthorizerId"]
        )


@contextmanager
def remove_lifecycle(deployment: Deployment) -> Iterator[None]:
    s3, bucket = deployment.client("s3"), deployment.bucket
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    try:
        yield
    finally:
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


@contextmanager
def allow_public_access(deployment: Deployment) -> Iterator[None]:
    s3, bucket = deployment.client("s3"), deployment.bucket
    before = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=bucket)
    try:
        yield
    finally:
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=before)


@contextmanager
def open_queue(deployment: Deployment) -> Iterator[None]:
    sqs, url = (
        deployment.client("sqs"),
        _find(deployment, "AWS::SQS::Queue", "ObjectCreatedQueue").physical_id,
    )
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    policy = json.loads(before["Policy"])
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    changed = json.dumps(policy | {"Statement": [*policy["Statement"], statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": changed})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


@contextmanager
def suspend_versions(deployment: Deployment) -> Iterator[None]:
    s3, bucket = deployment.client("s3"), deployment.bucket
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    try:
        yield
    finally:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


@contextmanager
def remove_bucket_events(deployment: Deployment) -> Iterator[None]:
    s3, bucket = deployment.client("s3"), deployment.bucket
    before = s3.get_bucket_notification_configuration(Bucket=bucket)
    before.pop("ResponseMetadata")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        yield
    finally:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=before)


def disable_schedule(deployment: Deployment) -> AbstractContextManager[None]:
    rule = _find(deployment, "AWS::Events::Rule")
    return disable_rule(deployment.client("events"), rule.physical_id)


@contextmanager
def disable_event_source(deployment: Deployment) -> Iterator[None]:
    client = deployment.client("lambda")
    uuid = _find(deployment, "AWS::Lambda::EventSourceMapping", "Purge").physical_id
    client.update_event_source_mapping(UUID=uuid, Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=uuid, Enabled=True)


@contextmanager
def change_setting(deployment: Deployment) -> Iterator[None]:
    client, name = (
        deployment.client("lambda"),
        _find(deployment, "AWS::Lambda::Function", "Purge").physical_id,
    )
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    changed = before | {"AIRLOCK_RESTORE_WINDOW": "1"}
    client.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@contextmanager
def stop_recovery(deployment: Deployment) -> Iterator[None]:
    client, table = deployment.client("dynamodb"), deployment.table

    def enable(is_enabled: bool) -> None:
        client.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": is_enabled},
        )

    enable(False)
    try:
        yield
    finally:
        enable(True)


@contextmanager
def bury_message(deployment: Deployment) -> Iterator[None]:
    sqs = deployment.client("sqs")
    url = _find(deployment, "AWS::SQS::Queue", "PurgeTasksDeadLetters").physical_id
    sqs.send_message(QueueUrl=url, MessageBody="no JSON")
    try:
        yield
    finally:
        sqs.purge_queue(QueueUrl=url)


def put_alarm(cloudwatch: Any, alarm: dict[str, Any], actions: list[str]) -> None:
    """Writes an alarm as it is described, with these actions."""
    cloudwatch.put_metric_alarm(**_settable(alarm), AlarmActions=actions)


def put_composite_alarm(cloudwatch: Any, alarm: dict[str, Any], actions: list[str]) -> None:
    """Writes a composite alarm as it is described, with these actions."""
    cloudwatch.put_composite_alarm(**_settable(alarm), AlarmActions=actions)


def _settable(alarm: dict[str, Any]) -> dict[str, Any]:
    derived = {"AlarmArn", "AlarmActions", "AlarmConfigurationUpdatedTimestamp", "ActionsSuppressedBy"}
    return {name: value for name, value in alarm.items() if name not in derived and "State" not in name}


SABOTAGES = (
    Sabotage("api-cors", "api-cors", "does not let pages of", remove_api_cors),
    Sabotage("bucket-cors", "bucket-cors", "does not let pages of", remove_bucket_cors),
    Sabotage("role-statement", "roles", "lacks the statement Allow", drop_role_statement),
    Sabotage("role-policy", "roles", "has the statement Allow s3:*", attach_policy),
    Sabotage(
        "bucket-statement",
        "bucket-policy",
        "lacks the statement Deny NoPresignedReadOfStaging",
        drop_bucket_statement,
    ),
    Sabotage("alarm", "alarms", "notify nobody: AlarmsPipelineErrors", remove_alarm_target),
    Sabotage("composite-alarm", "alarms", "does not exist", delete_composite_alarm),
    Sabotage("audience", "authorizers", "has audience ['somebody-else']", change_audience),
    Sabotage("audience-tokens", "tokens", "answers a request with the given token with 401", change_audience),
    Sabotage("open-route", "authorizers", "has the authorization NONE instead of JWT", open_route),
    Sabotage(
        "lifecycle", "lifecycle", "lacks the lifecycle rule AbortUnfinishedMultipartUploads", remove_lifecycle
    ),
    Sabotage("public-access", "public-access", "BlockPublicPolicy", allow_public_access),
    Sabotage("queue-policy", "queue-policies", "has the statement Allow sqs:SendMessage", open_queue),
    Sabotage("versions", "versions", "keeps no versions", suspend_versions),
    Sabotage("events", "bucket-events", "sends no events to", remove_bucket_events),
    Sabotage("schedule", "event-sources", "is disabled: no sweep starts", disable_schedule),
    Sabotage("event-source", "event-sources", "so that nobody reads its queue", disable_event_source),
    Sabotage(
        "setting", "functions", "has other settings than the template: AIRLOCK_RESTORE_WINDOW", change_setting
    ),
    Sabotage("recovery", "table", "has no point-in-time recovery", stop_recovery),
    Sabotage("dead-letter", "queues", "has dead letters: 1", bury_message),
)
