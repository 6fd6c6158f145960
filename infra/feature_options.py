"""Options of the features that are off by default."""

from dataclasses import dataclass

from infra.audit_options import AuditOptions
from infra.delivery_options import DeliveryOptions
from infra.events_options import EventsOptions
from infra.manifest_options import ManifestOptions
from infra.push_options import PushOptions
from infra.service_options import ServiceOptions
from infra.texts_options import TextsOptions
from infra.waf_options import WafOptions
from infra.webhook_options import WebhookOptions


@dataclass(frozen=True, kw_only=True)
class FeatureOptions(
    AuditOptions,
    DeliveryOptions,
    ManifestOptions,
    EventsOptions,
    PushOptions,
    ServiceOptions,
    TextsOptions,
    WafOptions,
    WebhookOptions,
):
    """All of them. Each has a module of its own."""
