"""One logger: JSON, one line an invocation, and never a URL, a token, a file name or a body."""

from aws_lambda_powertools import Logger

logger = Logger(service="airlock", location=None)
