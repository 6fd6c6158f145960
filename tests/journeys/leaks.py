"""Detection of credentials, tokens and presigned URLs in logs."""

import re
from collections.abc import Iterable

from local.stack import LocalStack

_CREDENTIAL = re.compile(
    r"""X-Amz-(Signature|Security-Token|Credential|Algorithm)  # of a presigned URL or a form
      | [?&](Signature|Key-Pair-Id)=                           # of a URL of CloudFront
      | AWS4-HMAC-SHA256                                      # the same, or a signed header
      | \bBearer\s
      | \beyJ[\w-]{8,}\.                                      # a JWT
      | \bASIA[A-Z0-9]{12}                                    # the access key of a role""",
    re.VERBOSE | re.IGNORECASE,
)


def read_log_lines(stack: LocalStack) -> list[str]:
    """Returns the lines of the functions' logs, the API's access log and the emulator's log."""
    logs = stack.emulator.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    pages = [logs.get_paginator("filter_log_events").paginate(logGroupName=group) for group in groups]
    written = [event["message"] for pages_ in pages for page in pages_ for event in page["events"]]
    return [*stack.emulator.log.read_text(errors="replace").splitlines(), *written]


def find_leaks(lines: Iterable[str], secrets: Iterable[str] = ()) -> list[str]:
    """Returns the text before each leak. The leak itself is left out, because the output of a test is a log too."""
    known = "|".join(re.escape(secret) for secret in secrets)
    patterns = [_CREDENTIAL, *([re.compile(known)] if known else [])]
    found = [(line, match) for line in lines for pattern in patterns if (match := pattern.search(line))]
    return [f"{line[: match.start()][-80:]}[...]" for line, match in found]
