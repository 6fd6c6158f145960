"""One hypothesis profile for all tests: the same examples on every run, and no clock that judges them."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "airlock",
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("airlock")
