"""A Hypothesis profile for every test: the same examples on every run, without a deadline per example."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "airlock",
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("airlock")
