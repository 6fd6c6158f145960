"""The command `doctor`: checks a deployment from outside and inside, and says for each finding what to do."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.doctor.checks import CHECKS, run_check
from operate.doctor.finding import Finding, Inspection

_WORKERS = 6
"""Checks that run at the same time. They wait for AWS nearly all the time."""


def diagnose(deployment: Deployment, names: Sequence[str]) -> Mapping[str, list[Finding]]:
    """Returns the findings of each check, in the order of the checks. Raises OperateError."""
    inspection = Inspection(deployment)
    inspection.template  # noqa: B018 - read once, before the threads share it
    with ThreadPoolExecutor(_WORKERS) as pool:
        results = pool.map(lambda name: run_check(CHECKS[name], inspection), names)
    return dict(zip(names, results, strict=True))


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    findings = diagnose(deployment, arguments.check or [*CHECKS])
    data = {name: [asdict(finding) for finding in each] for name, each in findings.items()}
    return Result(data, _describe(findings), is_failed=any(findings.values()))


def _describe(findings: Mapping[str, list[Finding]]) -> Iterator[str]:
    for name, each in findings.items():
        yield f"{'FOUND' if each else 'ok':<6}{name}"
        for finding in each:
            yield f"      {finding.resource} {finding.problem}"
            yield f"      -> {finding.remedy}"
    count = sum(len(each) for each in findings.values())
    yield f"checks: {len(findings)}, findings: {count}"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check",
        action="append",
        choices=[*CHECKS],
        metavar="NAME",
        help=f"one of {', '.join(CHECKS)}; repeatable",
    )


COMMAND = Command("check the deployment, and say what to do", _run, _add_arguments)
