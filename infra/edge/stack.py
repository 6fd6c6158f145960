"""The stack `Airlock-{stage}-edge` in us-east-1: CloudFront and AWS WAF in front of the API, their logs and their alarms.

Everything that CloudFront uses must be in us-east-1: the web ACL, the certificate, the delivery of logs, the alarms. So the
distribution is there too, and the main stack refers to nothing of this one. This one reads outputs of the main stack at its
deployment, with a reference that CloudFormation forgets afterwards (`Fn::GetStackOutput`). No export ties the two together: each is
deployed, rolled back and deleted without the other.
"""

import aws_cdk as cdk
from constructs import Construct

from functions.domain.edge_names import DISTRIBUTION_OUTPUT, EDGE_REGION, ORIGIN_OUTPUT, secret_name
from functions.http.routes import ROUTES
from infra.alarm_topic import AlarmTopic
from infra.context import Deployment
from infra.delivery_alarm import watch_delivery
from infra.deploy_rules import require_bootstrap
from infra.edge.alarms import EdgeAlarms
from infra.edge.dashboard import EdgeDashboard
from infra.edge.distribution import ApiDistribution
from infra.edge.web_acl import WebAcl


class EdgeStack(cdk.Stack):
    """`main` is the stack of the API, which is in `region`: None if that is not known, which stands for us-east-1."""

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, main: cdk.Stack, region: str | None
    ) -> None:
        super().__init__(
            scope,
            id,
            env=cdk.Environment(region=EDGE_REGION),
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        require_bootstrap(self)
        self._main, self._main_region = main, region
        served = [each for each in ROUTES if each.option is None or each.option in deployment.route_options]
        acl = WebAcl(
            self,
            "WebAcl",
            options=deployment,
            routes=served,
            stack=main.stack_name,
        )
        edge = ApiDistribution(
            self,
            "Api",
            domain=deployment.api_domain or "",
            certificate_arn=deployment.api_certificate_arn or "",
            origin_host=self._read_output(ORIGIN_OUTPUT),
            secret=_read_secret(main.stack_name, deployment.edge_secret_number),
            acl_arn=acl.acl.attr_arn,
            routes=served,
            web_origins=deployment.web_origins,
        )
        self.add_stack_dependency(main)
        self._observe(deployment, edge.distribution.distribution_id, acl)
        self._add_output("DistributionDomain", edge.distribution.distribution_domain_name)

    def _observe(self, deployment: Deployment, distribution_id: str, acl: WebAcl) -> None:
        """Creates the dashboard and the alarms, also that of the distribution for documents, and the topic that they notify.

        The topic is one of its own, because an alarm notifies a topic of its own Region. No key of another Region can encrypt it.
        """
        name = acl.metric_name
        EdgeDashboard(self, "Overview", distribution_id=distribution_id, acl=name, rules=acl.rules)
        EdgeAlarms(self, "Edge", distribution_id=distribution_id, acl=name)
        if deployment.has_distribution:
            watch_delivery(Construct(self, "Delivery"), self._read_output(DISTRIBUTION_OUTPUT))
        topic = AlarmTopic(self, "Notifications", emails=deployment.alarm_email, key=None)
        topic.connect_alarms(self)
        self._add_output("AlarmTopic", topic.topic.topic_arn)

    def _read_output(self, name: str) -> str:
        """Returns a reference to an output of the main stack."""
        return cdk.Fn.get_stack_output(self._main.stack_name, name, self._main_region)

    def _add_output(self, name: str, value: str) -> None:
        cdk.CfnOutput(self, f"{name}Output", value=value).override_logical_id(name)


def _read_secret(stack: str, number: int) -> str:
    """Returns a dynamic reference. Another number is another text, so that CloudFormation reads the secret again.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    return f"{{{{resolve:secretsmanager:{secret_name(stack)}:SecretString:{number}}}}}"
