"""The environment of the functions: credentials that reach nothing, the names of the resources, and the settings of a deployment."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from airlock_testing.service.queues import queue_url
from functions.domain.casing import to_camel_case
from functions.domain.steps import PROMOTE
from functions.function_options import FunctionOptions
from functions.settings import Settings

REGION: Final = "eu-west-1"
BUCKET = TABLE = "airlock-testing-documents"
BUS = "airlock-testing"
ACCESS_KEY, SECRET, TOKEN = "ASIAAIRLOCKTESTING00", "a-secret-of-nobody", "a-session-token-of-nobody"
UPLOAD_EVENTS, PURGES, SLICES, VERDICTS = "object-created", "purges", "slices", "verdicts"


def prepare_environment() -> None:
    """Removes the AWS configuration of this machine, so that no call can leave it. Call before boto3 is imported."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "AIRLOCK_"))]:
        del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # boto3 goes to moto in this process. Only presigned URLs, and the functions' own client of the table, use HTTP.
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        # botocore would find the awscrt that strict_s3 needs, and sign in another way.
        "BOTO_DISABLE_CRT": "true",
    }


def set_settings(storage: str, table: str, steps: Iterable[str], options: Mapping[str, str]) -> None:
    """Sets what the functions read. `storage` and `table` are origins. Raises ValueError for an option that they do not have."""
    names = (PROMOTE, *steps)
    queues = {name: {each: queue_url(f"{name}-{each}") for each in ("tasks", "results")} for name in names}
    consumed = [queue_url(name) for name in (UPLOAD_EVENTS, PURGES, SLICES, VERDICTS)]
    consumed += [url for urls in queues.values() for url in urls.values()]
    settings = Settings(
        bucket=BUCKET,
        table=TABLE,
        upload_events_url=queue_url(UPLOAD_EVENTS),
        purge_queue_url=queue_url(PURGES),
        slice_queue_url=queue_url(SLICES),
        consumed_queues=json.dumps([[url, f"{url}-dead-letters"] for url in consumed]),
        step_queues=json.dumps(queues),
        event_bus=BUS,
        **{"scanner": "guardduty", "service_scope": "airlock/service"} | _parse_options(options),
    )
    os.environ |= settings.to_environment() | {
        "AWS_ENDPOINT_URL_S3": storage,
        "AWS_ENDPOINT_URL_DYNAMODB": table,
    }


def _parse_options(options: Mapping[str, str]) -> dict[str, Any]:
    """Returns the options by the names of their fields; they come with the names of docs/settings.md, such as `restoreWindow`."""
    known = {to_camel_case(field.name): field for field in fields(FunctionOptions)}
    unknown = sorted(options.keys() - known.keys())
    if unknown:
        raise ValueError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return {known[name].name: _parse(name, value, known[name].default) for name, value in options.items()}


def _parse(name: str, value: str, default: object) -> object:
    """Returns the value in the type of the default. Raises ValueError for another word than a deployment accepts."""
    if isinstance(default, bool):
        if value not in ("true", "false"):
            raise ValueError(f"setting {name} is true or false, not {value}")
        return value == "true"
    if isinstance(default, int) and not re.fullmatch(r"0|[1-9][0-9]*", value):
        raise ValueError(f"setting {name} is a whole number, not {value}")
    return int(value) if isinstance(default, int) else value
