"""Mutants of webhooks."""

from tests.faults.mutants.mutant import Mutant

_ADDRESSES = ("domain/test_addresses.py",)
_WEBHOOK_SCHEDULE = ("domain/test_webhooks.py",)
_WEBHOOK_HTTPS = ("adapters/test_public_https.py",)
_WEBHOOK_FILE = ("features/webhooks/test_endpoints.py",)
_WEBHOOK_SIGNATURE = ("features/webhooks/test_signature.py",)
_WEBHOOK_DELIVERY = ("features/webhooks/test_delivery.py",)
_WEBHOOK_LOCAL = ("test_wiring_webhooks.py",)

MUTANTS = [
    Mutant(
        "a webhook host with one private address",
        "adapters/public_https.py",
        "if not all(map(self._is_allowed, addresses)):",
        "if not any(map(self._is_allowed, addresses)):",
        _WEBHOOK_HTTPS,
    ),
    Mutant(
        "a certificate that nobody has checked",
        "adapters/public_https.py",
        "self._tls = ssl.create_default_context()",
        "self._tls = ssl._create_unverified_context()",
        _WEBHOOK_HTTPS,
    ),
    Mutant(
        "a webhook response without a deadline",
        "adapters/public_https.py",
        "        connection.settimeout(_remaining(deadline))\n        part =",
        "        part =",
        _WEBHOOK_HTTPS,
    ),
    Mutant(
        "an address of IPv6 that contains one of IPv4",
        "domain/addresses.py",
        " and not embeds_ipv4",
        "",
        _ADDRESSES,
    ),
    Mutant(
        "a multicast address",
        "domain/addresses.py",
        "address.is_multicast or ",
        "",
        _ADDRESSES,
    ),
    Mutant(
        "an address of IPv6 outside of the internet",
        "domain/addresses.py",
        "parsed in _GLOBAL_UNICAST and ",
        "",
        _ADDRESSES,
    ),
    Mutant(
        "a webhook URL without TLS",
        "features/webhooks/endpoints.py",
        'if parts.scheme != "https":',
        'if parts.scheme not in ("https", "http"):',
        _WEBHOOK_FILE,
    ),
    Mutant(
        "a webhook URL with a private address",
        "features/webhooks/endpoints.py",
        "if not is_public(host) or not isinstance(address, IPv4Address):",
        "if not isinstance(address, IPv4Address):",
        _WEBHOOK_FILE,
    ),
    Mutant(
        "a redirect that counts as delivered",
        "features/webhooks/delivery.py",
        "if 200 <= response.status < 300:",
        "if 200 <= response.status < 400:",
        _WEBHOOK_DELIVERY,
    ),
    Mutant(
        "a URL of a document that was deleted",
        "features/webhooks/delivery.py",
        "return document if document and document.status is Status.READY else None",
        "return document",
        _WEBHOOK_DELIVERY,
    ),
    Mutant(
        "a webhook before its time",
        "messages/deliveries.py",
        "if wait > 0 or not config.has_time():",
        "if not config.has_time():",
        _WEBHOOK_DELIVERY,
    ),
    Mutant(
        "a fault of AWS that counts as an attempt",
        "messages/deliveries.py",
        "        again = replace(delivery, due_at=config.clock() + FAULT_DELAY)",
        "        again = replace(delivery, attempts=delivery.attempts + 1, due_at=config.clock() + FAULT_DELAY)",
        _WEBHOOK_DELIVERY,
    ),
    Mutant(
        "a Retry-After that shortens a wait",
        "domain/webhooks.py",
        "return max(DELAYS[failed_attempts - 1], asked)",
        "return asked or DELAYS[failed_attempts - 1]",
        _WEBHOOK_SCHEDULE,
    ),
    Mutant(
        "a secret that never expires",
        "features/webhooks/secrets.py",
        "[each for each in self.earlier if now < each.expires_at]",
        "list(self.earlier)",
        _WEBHOOK_SIGNATURE,
    ),
    Mutant(
        "webhooks to the machine itself in AWS",
        "wiring/webhooks.py",
        'os.environ.get(LOOPBACK_VARIABLE) == "true" and',
        'os.environ.get(LOOPBACK_VARIABLE) == "true" or',
        _WEBHOOK_LOCAL,
    ),
]
