"""The stack `Airlock-{stage}-edge` in us-east-1: CloudFront and AWS WAF in front of the API, and their logs.

Everything that CloudFront uses must be in us-east-1: the web ACL, the certificate, the delivery of logs. So the distribution is
there too, and the main stack refers to nothing of this one. This one reads one output of the main stack at its deployment, with
a reference that CloudFormation forgets afterwards (`Fn::GetStackOutput`). No export ties the two together: each is deployed, rolled
back and deleted without the other.
"""

import aws_cdk as cdk
from constructs import Construct

from functions.domain.edge_names import EDGE_REGION, ORIGIN_OUTPUT, secret_name
from functions.http.routes import ROUTES
from infra.context import Deployment
from infra.deploy_rules import require_bootstrap
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
            origin_host=cdk.Fn.get_stack_output(main.stack_name, ORIGIN_OUTPUT, region),
            secret=_read_secret(main.stack_name, deployment.edge_secret_number),
            acl_arn=acl.acl.attr_arn,
            routes=served,
            web_origins=deployment.web_origins,
        )
        self.add_stack_dependency(main)
        output = cdk.CfnOutput(self, "DomainOutput", value=edge.distribution.distribution_domain_name)
        output.override_logical_id("DistributionDomain")


def _read_secret(stack: str, number: int) -> str:
    """Returns a dynamic reference. Another number is another text, so that CloudFormation reads the secret again.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    return f"{{{{resolve:secretsmanager:{secret_name(stack)}:SecretString:{number}}}}}"
