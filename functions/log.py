"""One logger: JSON, at most one line an invocation that goes well, and never a URL, a token, a file name or a body."""

from aws_lambda_powertools import Logger

# Nothing is traced unless an operator says so, and a request is found by its own id in this log and in the gateway's.
logger = Logger(service="airlock", location=None, xray_trace_id=None)
