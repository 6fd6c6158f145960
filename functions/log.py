"""The logger of all functions: JSON, at most one line a successful invocation, and never a URL, a token, a file name or a body."""

from aws_lambda_powertools import Logger

# Without a trace id, because tracing is off by default. A request is found by its request id, here and in the access log.
logger = Logger(service="airlock", location=None, xray_trace_id=None)
