"""Rate-based rules of AWS WAF: requests of one aggregation key in a sliding window.

AWS estimates every few seconds; this counts exactly, so it blocks no later than AWS.
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
"""

import hashlib
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import TypeAlias

from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties
from edge_proxy.waf_request import WafRequest
from edge_proxy.waf_statements import Statement, read_statement

Key: TypeAlias = Callable[[WafRequest], str | None]
"""The aggregation key of a request, or None for a request that is not counted."""
WINDOWS = (60, 120, 300, 600)
"""Allowed windows in seconds; 300 is the default."""
_MIN_LIMIT = 10


class RateRule:
    """A statement that matches from the request on with which a key exceeds `limit` in `window` seconds."""

    def __init__(
        self, limit: int, window: int, key: Key, scope: Statement | None, clock: Callable[[], float]
    ) -> None:
        self._limit, self._window, self._key, self._scope, self._clock = limit, window, key, scope, clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def __call__(self, request: WafRequest) -> bool:
        """Counts the request. True when it is over the limit."""
        key = self._key(request)
        if key is None or (self._scope and not self._scope(request)):
            return False
        now = self._clock()
        with self._lock:
            times = self._times[key]
            while times and times[0] <= now - self._window:
                times.popleft()
            times.append(now)
            return len(times) > self._limit


def read_rate(properties: Properties, clock: Callable[[], float]) -> RateRule:
    """Reads a RateBasedStatement that aggregates by address or by one header. Raises TemplateError."""
    with properties:
        limit, window = int(properties.take("Limit")), int(properties.take("EvaluationWindowSec", 300))
        scope = properties.optional("ScopeDownStatement")
        key = _read_key(properties)
        if window not in WINDOWS or limit < _MIN_LIMIT:
            raise TemplateError(f"{properties.where}: limit {limit} in {window} s")
        return RateRule(limit, window, key, read_statement(scope) if scope else None, clock)


def _read_key(properties: Properties) -> Key:
    kind, custom = properties.take("AggregateKeyType"), properties.items("CustomKeys")
    if kind == "IP" and not custom:
        return lambda request: request.address
    if kind != "CUSTOM_KEYS" or not custom:
        raise TemplateError(f"{properties.where}: AggregateKeyType {kind} is not emulated")
    parts = [_read_part(item) for item in custom]

    def combine(request: WafRequest) -> str | None:
        values = [part(request) for part in parts]
        # A request without one of the keys is not counted.
        return None if None in values else hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()

    return combine


def _read_part(item: Properties) -> Key:
    with item:
        if item.take("IP", None) is not None:
            return lambda request: request.address
        header = item.optional("Header")
        if header is None:
            raise TemplateError(f"{item.where}: only headers and IP are aggregation keys here")
        with header:
            name = header.take("Name").lower()
            # A hash tells the same values apart, and so do the values themselves.
            if any(step["Type"] not in ("NONE", "MD5") for step in header.take("TextTransformations")):
                raise TemplateError(f"{header.where}: only the transformations NONE and MD5")
        return lambda request: request.headers.get(name)
