"""The example page of a deployment (`-c page=true`): a private bucket, and a CloudFront distribution that alone reads it.

The policy of the page has two halves, because CORS of the API needs the origin of the distribution, and so the distribution
cannot name the API: the response header forbids what no page needs, and `index.html` allows the origins of the deployment.
A browser applies both.
"""

from collections.abc import Mapping
from tempfile import TemporaryDirectory
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from infra.context import Deployment
from infra.nag import suppress
from infra.page_files import PAGE, allow_sources, build_header_policy, copy_files
from infra.private_bucket import create_private_bucket

_HANDLER_FINDINGS = (
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]",
    "AwsSolutions-IAM5[Action::s3:GetBucket*]",
    "AwsSolutions-IAM5[Action::s3:GetObject*]",
    "AwsSolutions-IAM5[Action::s3:List*]",
    "AwsSolutions-IAM5[Action::s3:Abort*]",
    "AwsSolutions-IAM5[Action::s3:DeleteObject*]",
    "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]",
    "AwsSolutions-L1",
    "Serverless-LambdaDLQ",
    "Serverless-LambdaLatestVersion",
    "Serverless-LambdaTracing",
)
# Files have no version in their name, so browsers ask each time whether they have changed. CloudFront keeps them for a second.
_CACHE_CONTROL = s3_deployment.CacheControl.no_cache()
_HSTS = cdk.Duration.days(365)


class Page(Construct):
    """The bucket and the distribution. `origin` is that of the page, as a browser sends it.

    The bucket is deleted with the stack: it holds nothing but files of this repository.
    """

    def __init__(self, scope: Construct, id: str, *, data_key: kms.IKey | None) -> None:
        """`data_key` encrypts the log of the function that copies the files. The files themselves are public."""
        super().__init__(scope, id)
        self._data_key = data_key
        self._bucket = create_private_bucket(
            self, "Files", key=None, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=cdk.Stack.of(self).stack_name,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(self._bucket),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                response_headers_policy=self._create_headers(),
            ),
        )
        for finding in ("CFR1", "CFR2", "CFR3", "CFR4"):
            suppress(distribution, f"AwsSolutions-{finding}")
        self.origin = f"https://{distribution.distribution_domain_name}"

    def publish(self, outputs: Mapping[str, str], downloads: str | None) -> None:
        """Copies page and client to the bucket, with a config that names the outputs of the stack.

        `downloads` is the origin of download URLs, None if they are those of S3.
        """
        config = _create_config(cdk.Stack.of(self), outputs, downloads)
        html = (PAGE / "index.html").read_text("utf-8")
        with TemporaryDirectory() as folder:
            copy_files(folder)
            deployment = s3_deployment.BucketDeployment(
                self,
                "Deployment",
                destination_bucket=self._bucket,
                sources=[
                    s3_deployment.Source.asset(folder, exclude=["index.html"]),
                    s3_deployment.Source.data("index.html", allow_sources(html, config)),
                    s3_deployment.Source.json_data("config.json", config),
                ],
                cache_control=[_CACHE_CONTROL],
                retain_on_delete=False,
                memory_limit=512,
                log_group=logs.LogGroup(
                    self,
                    "Log",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=cdk.RemovalPolicy.DESTROY,
                    encryption_key=self._data_key,
                ),
            )
        _acknowledge(deployment, self._bucket)

    def _create_headers(self) -> cloudfront.ResponseHeadersPolicy:
        headers = cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=build_header_policy((PAGE / "index.html").read_text("utf-8")),
                override=True,
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_HSTS, include_subdomains=True, override=True
            ),
        )
        more = {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            security_headers_behavior=headers,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
                    for name, value in more.items()
                ]
            ),
        )


def create_page(stack: cdk.Stack, deployment: Deployment, data_key: kms.IKey | None) -> Page | None:
    """Returns the page, whose address is an output, or None for a deployment without one."""
    if not deployment.page:
        return None
    page = Page(stack, "Page", data_key=data_key)
    cdk.CfnOutput(stack, "PageUrlOutput", value=page.origin).override_logical_id("PageUrl")
    return page


def _create_config(stack: cdk.Stack, outputs: Mapping[str, str], downloads: str | None) -> dict[str, str]:
    """Returns the content of config.json. URLs end with a slash, so that they are sources of a policy too."""
    push = {"push": outputs["PushUrl"]} if "PushUrl" in outputs else {}
    delivery = {"downloads": f"{downloads}/"} if downloads else {}
    return (
        push
        | delivery
        | {
            "api": outputs["ApiUrl"],
            "cognito": f"https://cognito-idp.{stack.region}.{stack.url_suffix}/",
            "clientId": outputs["ClientId"],
            "region": stack.region,
            "storage": f"https://{outputs['Bucket']}.s3.{stack.region}.{stack.url_suffix}/",
        }
    )


def _acknowledge(deployment: s3_deployment.BucketDeployment, bucket: s3.Bucket) -> None:
    """Suppresses the findings of CDK's function that copies the files. It is a sibling of the page, shared by a whole stack."""
    handler = cast(Construct, deployment.handler_role.node.scope)
    name = cdk.Stack.of(bucket).get_logical_id(cast(s3.CfnBucket, bucket.node.default_child))
    for finding in (*_HANDLER_FINDINGS, f"AwsSolutions-IAM5[Resource::<{name}.Arn>/*]"):
        suppress(handler, finding)
