"""The Lambda functions, one module each: a doorway from an event of HTTP or SQS to a use case."""

from functions.startup import begin_init

begin_init()
