"""The template of a deployed stack, with the physical ids in place of its references."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.errors import OperateError

_PHYSICAL_IDS = {
    ("AWS::SNS::Topic", "TopicArn"),
    ("AWS::GuardDuty::MalwareProtectionPlan", "MalwareProtectionPlanId"),
    ("AWS::EC2::SecurityGroup", "GroupId"),
    ("AWS::SecretsManager::Secret", "Id"),
    ("AWS::Lambda::EventSourceMapping", "Id"),
}
"""Types and their attributes that have the value of the physical id."""


class UnresolvableError(Exception):
    """A reference that this module does not know."""


@dataclass(frozen=True)
class Resource:
    """One resource as the template has it, with resolved properties."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]


def _find_nothing(_vpc: str) -> str:
    raise UnresolvableError("the default security group of a VPC")


@dataclass(frozen=True)
class Template:
    """The resources of one stack. `account`, `region` and `partition` are those of its ARN.

    `find_default_group` returns the id of the default security group of a VPC, which no physical id of a stack has.
    """

    resources: Mapping[str, Mapping[str, Any]]
    physical_ids: Mapping[str, str]
    stack: str
    partition: str
    region: str
    account: str
    find_default_group: Callable[[str], str] = _find_nothing
    streams: Mapping[str, str] = field(default_factory=dict)
    """Logical id of a table -> ARN of its stream, which the template cannot tell."""
    distribution_domain: str = ""
    """Domain name of the distribution, which CloudFront chooses."""

    def list_resources(self, resource_type: str) -> Iterator[Resource]:
        """Yields the resources of a type such as `AWS::S3::Bucket`. Raises UnresolvableError."""
        for name in self.list_ids(resource_type):
            yield self.get(name)

    def list_ids(self, resource_type: str) -> Mapping[str, str]:
        """Returns logical id -> physical id of the resources of a type. It resolves nothing, and so knows every template."""
        return {
            name: self.physical_ids[name]
            for name, resource in self.resources.items()
            if resource["Type"] == resource_type and name in self.physical_ids
        }

    def get(self, logical_id: str) -> Resource:
        resource = self.resources[logical_id]
        properties = self.resolve(resource.get("Properties", {}))
        return Resource(logical_id, resource["Type"], self.physical_ids[logical_id], properties)

    def resolve(self, value: Any) -> Any:
        """Returns a value of the template without references. Raises UnresolvableError."""
        if isinstance(value, list):
            return [self.resolve(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(name, argument)] = value.items()
            if name == "Ref":
                return self._resolve_reference(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        return {name: self.resolve(entry) for name, entry in value.items()}

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Fn::GetAtt":
                return self._get_attribute(*argument)
            case "Fn::Join":
                return argument[0].join(self.resolve(argument[1]))
            case "Fn::Sub" if isinstance(argument, str):
                return re.sub(r"\$\{([\w:]+)\}", lambda match: self._resolve_reference(match[1]), argument)
            case "Fn::Select":
                return self.resolve(argument[1])[int(argument[0])]
            case "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
        raise UnresolvableError(name)

    def _resolve_reference(self, name: str) -> str:
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": suffix,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.physical_ids:
            return self.physical_ids[name]
        raise UnresolvableError(name)

    def _get_attribute(self, logical_id: str, attribute: str) -> str:
        type_, id = self.resources[logical_id]["Type"], self._resolve_reference(logical_id)
        if type_ == "AWS::SQS::Queue" and attribute == "QueueName":
            return id.rpartition("/")[2]
        if type_ == "AWS::Cognito::UserPool" and attribute == "ProviderURL":
            return f"https://{self._get_attribute(logical_id, 'ProviderName')}"
        if type_ == "AWS::Cognito::UserPool" and attribute == "ProviderName":
            return f"cognito-idp.{self.region}.{self._resolve_reference('AWS::URLSuffix')}/{id}"
        if (type_, attribute) in _PHYSICAL_IDS:
            return id
        if type_ == "AWS::ApiGatewayV2::Api" and attribute == "ApiEndpoint":
            return f"https://{id}.execute-api.{self.region}.{self._resolve_reference('AWS::URLSuffix')}"
        if (type_, attribute) == ("AWS::EC2::VPC", "DefaultSecurityGroup"):
            return self.find_default_group(id)
        if (type_, attribute) == ("AWS::ECS::Service", "Name"):
            return id.rpartition("/")[2]
        if (type_, attribute) == ("AWS::CloudFront::Distribution", "DomainName") and self.distribution_domain:
            return self.distribution_domain
        if attribute == "StreamArn" and logical_id in self.streams:
            return self.streams[logical_id]
        if attribute != "Arn":
            raise UnresolvableError(f"{type_} {attribute}")
        return self._build_arn(type_, logical_id, id)

    def _build_arn(self, type_: str, logical_id: str, id: str) -> str:
        place = f"{self.region}:{self.account}"
        arns = {
            "AWS::S3::Bucket": f"s3:::{id}",
            "AWS::SQS::Queue": f"sqs:{place}:{id.rpartition('/')[2]}",
            "AWS::DynamoDB::Table": f"dynamodb:{place}:table/{id}",
            "AWS::IAM::Role": f"iam::{self.account}:role/{id}",
            "AWS::Lambda::Function": f"lambda:{place}:function:{id}",
            "AWS::Logs::LogGroup": f"logs:{place}:log-group:{id}:*",
            "AWS::Events::EventBus": f"events:{place}:event-bus/{id}",
            "AWS::Events::Rule": f"events:{place}:rule/{self._rule_path(logical_id, id)}",
            "AWS::CloudWatch::Alarm": f"cloudwatch:{place}:alarm:{id}",
            "AWS::KMS::Key": f"kms:{place}:key/{id}",
        }
        if type_ not in arns:
            raise UnresolvableError(f"{type_} Arn")
        return f"arn:{self.partition}:{arns[type_]}"

    def _rule_path(self, logical_id: str, id: str) -> str:
        """Returns the end of the ARN of a rule. The physical id of one on a bus is `BUS|NAME`."""
        bus = self.resolve(self.resources[logical_id].get("Properties", {}).get("EventBusName"))
        name = id.rpartition("|")[2]
        return f"{bus}/{name}" if bus else name


def read_template(deployment: Deployment) -> Template:
    """Reads the template of a deployment. Raises OperateError.

    IAM actions: cloudformation:GetTemplate, cloudformation:ListStackResources, and dynamodb:DescribeTable for a table with a
    stream.
    """
    client = deployment.client("cloudformation")
    with translate_errors():
        body = client.get_template(StackName=deployment.stack)["TemplateBody"]
        pages = client.get_paginator("list_stack_resources").paginate(StackName=deployment.stack)
        summaries = [summary for page in pages for summary in page["StackResourceSummaries"]]
    template = json.loads(body) if isinstance(body, str) else body
    arn = re.fullmatch(r"arn:([\w-]+):cloudformation:([\w-]+):(\d+):stack/.*", deployment.stack_id)
    if not arn:
        raise OperateError(f"{deployment.stack_id} is no ARN of a stack")
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in summaries}
    partition, region, account = arn.groups()
    return Template(
        template["Resources"],
        ids,
        deployment.stack,
        partition,
        region,
        account,
        find_default_group=lambda vpc: find_default_group(deployment, vpc),
        distribution_domain=deployment.outputs.get("DistributionDomain", ""),
        streams=_read_streams(deployment, template["Resources"], ids),
    )


def find_default_group(deployment: Deployment, vpc: str) -> str:
    """Returns the id of the default security group of a VPC. IAM action: ec2:DescribeSecurityGroups. Raises OperateError."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    with translate_errors():
        groups = deployment.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    if not groups:
        raise OperateError(f"the VPC {vpc} does not exist")
    return str(groups[0]["GroupId"])


def _read_streams(
    deployment: Deployment, resources: Mapping[str, Mapping[str, Any]], ids: Mapping[str, str]
) -> dict[str, str]:
    tables = {
        name: ids[name]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::DynamoDB::Table" and "StreamSpecification" in resource["Properties"]
    }
    if not tables:
        return {}
    client = deployment.client("dynamodb")
    with translate_errors():
        described = {name: client.describe_table(TableName=id)["Table"] for name, id in tables.items()}
    return {name: table["LatestStreamArn"] for name, table in described.items() if "LatestStreamArn" in table}
