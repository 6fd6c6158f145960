"""The check of delivery by CloudFront: the distribution wants signatures, and trusts the key that signs."""

from collections.abc import Iterator

from operate.delivery_keys import KeyStore
from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection


def check_delivery(inspection: Inspection) -> Iterator[Finding]:
    """A deployment without a distribution has no finding.

    IAM actions: cloudfront:GetDistributionConfig, secretsmanager:GetSecretValue.
    """
    outputs = inspection.deployment.outputs
    if "DistributionId" in outputs:
        yield from _check_distribution(inspection, outputs["DistributionId"])
        yield from _check_keys(inspection, frozenset(outputs["DeliveryKeys"].split(",")))


def _check_distribution(inspection: Inspection, id: str) -> Iterator[Finding]:
    config = inspection.client("cloudfront").get_distribution_config(Id=id)["DistributionConfig"]
    if not config["Enabled"]:
        remedy = "Run `python -m operate ... resume-urls` when the incident is over."
        yield Finding(id, "serves nothing, because it is disabled, as `stop-urls` does", remedy)
    others = config.get("CacheBehaviors", {}).get("Items", [])
    for behaviour in (config["DefaultCacheBehavior"], *others):
        if not behaviour.get("TrustedKeyGroups", {}).get("Enabled"):
            path = behaviour.get("PathPattern", "every path")
            yield Finding(id, f"serves {path} to everybody, because it wants no signature", DEPLOY_AGAIN)


def _check_keys(inspection: Inspection, deployed: frozenset[str]) -> Iterator[Finding]:
    store = KeyStore(inspection.client("secretsmanager"), inspection.deployment.stack)
    keys = store.read()
    if keys is None:
        yield Finding(
            store.name, "does not exist, so that no URL is signed", "Run `keys create`, and deploy."
        )
    elif keys.current not in deployed:
        problem = "signs with a key that CloudFront does not trust"
        yield Finding(store.name, problem, "Deploy with the deliveryKeys that `keys list` prints.")
