"""Delivery by CloudFront (`-c cdn=true`): a distribution that serves stored versions to whoever has a signed URL.

CloudFront verifies signature and time, and looks into its cache only then. It signs its own requests to S3.
"""

import base64
import hashlib
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.edge_names import DISTRIBUTION_OUTPUT, EDGE_REGION
from functions.signing.delivery_keys import secret_name
from functions.signing.jws import PublicKey
from infra.bundle import bundle
from infra.context import Deployment
from infra.delivery_alarm import watch_in_us_east_1
from infra.delivery_permissions import allow_distribution, allow_distributions_to_decrypt, signing_statements
from infra.delivery_policies import DeliveryPolicies, name_globally
from infra.functions import Function, SharedProps
from infra.metrics import cloudfront_metric
from infra.nag import suppress

_LOCK = "signing/requirements.lock"
SIGNS_DOWNLOADS = "documents"
"""The function of the API that signs download URLs."""
WEBHOOKS = "webhooks"
"""The module of the functions that sign those in the events of webhooks."""
_PRICE_CLASSES = {
    "100": cloudfront.PriceClass.PRICE_CLASS_100,
    "200": cloudfront.PriceClass.PRICE_CLASS_200,
    "all": cloudfront.PriceClass.PRICE_CLASS_ALL,
}


class Delivery(Construct):
    """The distribution, its key group, and the right to read the bucket.

    `web_origins` may read responses, and `key` is the KMS key that functions may use.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        web_origins: Sequence[str],
        bucket: s3.Bucket,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self._web_origins = web_origins
        self._key_ids: dict[str, str] = {}
        self._bucket = bucket
        self._group = self._create_key_group(deployment.delivery_keys)
        self.distribution = self._create_distribution(bucket, self._group)
        bucket.add_to_resource_policy(allow_distribution(bucket, self.distribution.distribution_id))
        if key:
            key.add_to_resource_policy(allow_distributions_to_decrypt(key))
        self._add_output(DISTRIBUTION_OUTPUT, self.distribution.distribution_id)
        self._add_output("DeliveryKeys", ",".join(self._key_ids))
        self._add_output("DistributionDomain", self.distribution.distribution_domain_name)
        if not deployment.has_edge:
            watch_in_us_east_1(self, self.distribution.distribution_id)

    @property
    def origin(self) -> str:
        """Scheme and host of the URLs."""
        return f"https://{self._deployment.download_domain or self.distribution.distribution_domain_name}"

    @property
    def graphs(self) -> Mapping[str, Sequence[cloudwatch.IMetric]]:
        """Graphs of the dashboard, which shows metrics of another Region too."""
        return {
            "Delivery: requests and bytes": [self._metric("Requests"), self._metric("BytesDownloaded")],
            "Delivery: errors (%)": [self._metric(f"{each}ErrorRate", "Average") for each in ("4xx", "5xx")],
        }

    def _metric(self, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
        return cloudfront_metric(self.distribution.distribution_id, name, statistic, region=EDGE_REGION)

    def share(self, shared: SharedProps, name: str) -> SharedProps:
        """Returns the properties of a function. The bundle of one that signs downloads has the package that signs."""
        if not self._deployment.delivers_by_cloudfront or name not in (SIGNS_DOWNLOADS, WEBHOOKS):
            return shared
        return replace(shared.with_settings(delivery=self._describe()), code=self._bundle(shared))

    def let_sign(self, function: Function) -> None:
        """Lets a function read the private keys.

        It is updated after what it relies on: the key group, the distribution, and the right of that to read.
        """
        if self._deployment.delivers_by_cloudfront:
            function.allow(signing_statements(cdk.Stack.of(self), self._secret_name))
            function.function.node.add_dependency(self._group, self.distribution)
            if self._bucket.policy:
                function.function.node.add_dependency(self._bucket.policy)

    def _bundle(self, shared: SharedProps) -> lambda_.Code:
        """Returns the code of all functions where nothing is bundled, because no package is in it."""
        stack = cdk.Stack.of(self)
        return (
            bundle(stack, self._deployment.bundled_files, _LOCK) if stack.bundling_required else shared.code
        )

    def _add_output(self, name: str, value: str) -> None:
        cdk.CfnOutput(self, name, value=value).override_logical_id(name)

    @property
    def _secret_name(self) -> str:
        return secret_name(cdk.Stack.of(self).stack_name)

    def _describe(self) -> str:
        content: Mapping[str, object] = {
            "origin": self.origin,
            "secret": self._secret_name,
            "keyIds": self._key_ids,
        }
        return cdk.Stack.of(self).to_json_string(content)

    def _create_key_group(self, keys: Sequence[str]) -> cloudfront.KeyGroup:
        """Names each public key by its content, because CloudFront changes no key: another key is another resource."""
        public_keys = []
        for text in keys:
            name = hashlib.sha256(text.encode()).hexdigest()[:12]
            key = cloudfront.PublicKey(
                self,
                f"Key{name}",
                encoded_key=_to_pem(text),
                public_key_name=name_globally(self, name),
            )
            thumbprint = PublicKey.from_der(base64.b64decode(text)).thumbprint
            self._key_ids[thumbprint] = key.public_key_id
            public_keys.append(key)
        return cloudfront.KeyGroup(
            self, "Keys", items=public_keys, key_group_name=name_globally(self, "keys")
        )

    def _create_distribution(self, bucket: s3.Bucket, keys: cloudfront.KeyGroup) -> cloudfront.Distribution:
        chosen = self._deployment
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Documents of {cdk.Stack.of(self).stack_name}",
            default_behavior=self._create_behavior(bucket, keys),
            price_class=_PRICE_CLASSES[chosen.price_class],
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            **self._domain(),
        )
        for finding in ("CFR1", "CFR2", "CFR3", *(() if chosen.certificate_arn else ("CFR4",))):
            suppress(distribution, f"AwsSolutions-{finding}")
        return distribution

    def _domain(self) -> dict[str, Any]:
        """Returns the properties of the deployment's own domain, none without one."""
        chosen = self._deployment
        if chosen.certificate_arn is None:
            return {}
        return {
            "domain_names": [chosen.download_domain],
            "certificate": certificates.Certificate.from_certificate_arn(
                self, "Certificate", chosen.certificate_arn
            ),
            "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        }

    def _create_behavior(self, bucket: s3.Bucket, keys: cloudfront.KeyGroup) -> cloudfront.BehaviorOptions:
        """Returns the only behaviour, so that nothing is served without a signature.

        It does not compress, because a compressed response has no ranges.
        """
        policies = DeliveryPolicies(
            self,
            "Policies",
            web_origins=self._web_origins,
            allow_headers=self._deployment.allow_headers,
        )
        access = cloudfront.S3OriginAccessControl(
            self, "Access", origin_access_control_name=name_globally(self, "access")
        )
        sandbox = cloudfront.FunctionAssociation(
            event_type=cloudfront.FunctionEventType.VIEWER_RESPONSE, function=policies.sandbox
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_bucket_defaults(
                bucket, origin_access_control_id=access.origin_access_control_id
            ),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            cached_methods=cloudfront.CachedMethods.CACHE_GET_HEAD,
            cache_policy=policies.cache,
            origin_request_policy=policies.origin_request,
            response_headers_policy=policies.response_headers,
            trusted_key_groups=[keys],
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            function_associations=[sandbox],
            compress=False,
        )


def _to_pem(text: str) -> str:
    """Returns a public key as PEM, from base64 of its DER."""
    lines = "\n".join(textwrap.wrap(text, 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def create_delivery(
    scope: Construct,
    deployment: Deployment,
    *,
    web_origins: Sequence[str],
    bucket: s3.Bucket,
    key: kms.IKey | None,
) -> Delivery | None:
    """Creates the distribution, if the deployment has one."""
    if not deployment.has_distribution:
        return None
    return Delivery(scope, "Delivery", deployment=deployment, web_origins=web_origins, bucket=bucket, key=key)
