"""Suppressed findings of cdk-nag, each with its reason. Any other finding fails the build."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import IConstruct

REASONS: Mapping[str, str] = {
    "AwsSolutions-S1": "Server access logs need a second bucket and cost a write per request. For a trail, turn on CloudTrail data "
    "events for this bucket. The record of each document has its history.",
    "AwsSolutions-COG2": "TOTP is offered and not required: the deployer decides that for their users.",
    "AwsSolutions-COG8": "Threat protection needs the Plus plan, which is billed per user. The Essentials plan has everything that is "
    "used here.",
    "AwsSolutions-APIG4": "The OpenAPI description is the same for every caller and contains nothing of a deployment, and public keys "
    "are for everybody. A WebSocket handshake brings a ticket, which the function checks.",
    "AwsSolutions-APIG1": "The log of a WebSocket API needs a role in the settings of the whole account. The function logs each "
    "connection.",
    "Serverless-APIGWAccessLogging": "The same: the function logs each connection of the WebSocket API.",
    "AwsSolutions-SQS3": "A change that is not pushed within minutes is worth nothing, because clients have read it by then.",
    "AwsSolutions-CFR1": "Who calls the API, reads a document or opens the page does not depend on the country. A deployer can "
    "restrict countries.",
    "AwsSolutions-CFR2": "No document is served without a signed URL, and the page is static files without a secret. The origin is S3 "
    "alone: no rule of a firewall finds more.",
    "AwsSolutions-CFR3": "The legacy log has the query of each request, and so URLs that are still valid; docs/edge.md has the log "
    "without queries, and the API's distribution has such a log. A log of the page's static files would be data about people without "
    "a use.",
    "AwsSolutions-CFR4": "The certificate of CloudFront's own domain has a fixed TLS policy. A domain of your own has TLS 1.2 or later.",
    "AwsSolutions-IAM5": "Object keys are generated at run time, so a prefix of one bucket is the narrowest possible resource. "
    "GuardDuty's rule has a name with an unknown end, and a request for a scan, a list of streams and a token of ECR have no resource. "
    "CDK's function that copies the page has the actions that CDK gives it, on the buckets of its assets and of the page.",
    "Serverless-LambdaStarPermissions": "A request for a scan and a list of streams have no resource.",
    "AwsSolutions-SMG4": "The receiver of webhooks has the secret too, so that a rotation needs its owner: `operate webhooks rotate` "
    "keeps the earlier secret valid meanwhile.",
    "AwsSolutions-VPC7": "Nothing listens in the VPC, and its containers call AWS and the mirror of ClamAV's signatures only. Flow logs "
    "can be turned on for a while.",
    "AwsSolutions-ECS2": "The environment has names and URLs of resources, and no secret.",
    "AwsSolutions-ECS4": "The queue of tasks has alarms, and its depth decides the number of containers.",
    "Serverless-LambdaDLQ": "A function's dead-letter queue receives asynchronous invocations only. The API and the queues invoke "
    "synchronously, and the queues have dead-letter queues. The next sweep does the work of a sweep that failed.",
    "Serverless-LambdaEventSourceMappingDestination": "A failure destination is for streams. The queue has a dead-letter queue with an "
    "alarm, or its messages are worth nothing after minutes.",
    "Serverless-EventBusDLQ": "A lost event of the schedule delays a sweep until the next event, 15 minutes later. A change that is "
    "not pushed is read by clients.",
    "Serverless-SQSRedrivePolicy": "The queue is itself a dead-letter queue, or its messages are worth nothing after minutes.",
    "AwsSolutions-IAM4": "CDK's function that copies the page writes its log with the policy of AWS for that.",
    "AwsSolutions-L1": "CDK chooses the runtime of its function that copies the page.",
    "Serverless-LambdaLatestVersion": "CDK chooses the runtime of its function that copies the page.",
    "Serverless-LambdaTracing": "Traces cost per request, and the access log has a line with the id of each request. X-Ray can be "
    "turned on for a while.",
}
"""Rule as cdk-nag prints it, without the finding in brackets -> reason."""


def suppress(construct: IConstruct, finding: str) -> None:
    """Suppresses one finding, written as cdk-nag prints it, such as `AwsSolutions-S1`.

    CDK ignores an unknown finding; tests/infra/test_nag.py fails.
    """
    pack, reason = finding.partition("-")[0], REASONS[finding.partition("[")[0]]
    # Without the prefix of the pack the finding is suppressed too, but missing in the report that the test reads.
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=f"{pack}::{finding}", reason=reason))
