"""CPU time of a signature, compared with other signers and with the lower bound: `python -m bench.signing`.

Rounds are interleaved. `ratio` compares with one of 10,000 part signatures of one part signer. Companion's time is that of
its server for one call of its batch route, including HTTP, because a client gets its URLs in no other way.
"""

import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import boto3
from botocore.config import Config

from bench import packages
from bench.table import Row, report
from functions.adapters.p256_key import P256Key
from functions.domain.content import StoredContent
from functions.signing.credentials import Credentials
from functions.signing.delivery import CloudFrontDelivery, TrustedKey
from functions.signing.endpoint import Endpoint
from functions.signing.sigv4 import Signer
from tests.journeys import npm

ROUNDS = 15
PARTS = 10_000

BUCKET, REGION, KEY = "my-bucket", "eu-west-1", "staging/0f1e2d3c4b5a69788796a5b4c3d2e1f0/0198c0de"
UPLOAD_ID = "2~VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5tMnRzIHVwbG9hZA" * 2
ACCESS_KEY, SECRET = "AKIDEXAMPLE", "secret"
TOKEN = "IQoJb3JpZ2luX2VjE+/=" * 50  # a role's session token is about 1 kB
LENGTH = 64 * 2**20
LIFETIME = 900

OURS = "Airlock, part signature"
BOTO = "boto3, part URL"
LOWER_BOUND = "lower bound: hash 300 B on a prepared hash, and one HMAC"
BARS = {BOTO: 0.015, LOWER_BOUND: 1.4}
CLOUDFRONT = "Airlock, URL of CloudFront"
MAX_MICROSECONDS = {CLOUDFRONT: 200}
"""Bars of a time itself, not of its ratio."""
RESPONSE_BAR = 1.0
"""Maximum size in MB of the response with all part signatures."""

Signing = Callable[[int], object]
"""Creates a number of signatures."""


def _create_signer() -> tuple[Signer, datetime]:
    endpoint = Endpoint.for_bucket(BUCKET, REGION)
    return Signer(Credentials(ACCESS_KEY, SECRET, TOKEN), REGION, endpoint), datetime.now(UTC)


def in_process_signers() -> dict[str, tuple[int, Signing]]:
    """Returns the signers of this process by name: (signatures per round, function)."""
    signer, now = _create_signer()
    headers = {"content-length": str(LENGTH)}

    def sign_parts(count: int) -> object:
        parts = signer.create_part_signer(KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers=headers)
        return {n: parts.sign(n) for n in range(1, count + 1)}

    def presign_parts(count: int) -> object:
        parts = signer.create_part_signer(KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers=headers)
        return [parts.presign(n) for n in range(1, count + 1)]

    def presign_single(count: int) -> object:
        query = {"partNumber": "7", "uploadId": UPLOAD_ID}
        return [
            signer.presign("PUT", KEY, lifetime=LIFETIME, now=now, query=query, headers=headers)
            for _ in range(count)
        ]

    return {
        OURS: (PARTS, sign_parts),
        "Airlock, part URL": (PARTS, presign_parts),
        "Airlock, any URL": (1_000, presign_single),
        CLOUDFRONT: (500, _create_cloudfront_signer()),
        BOTO: (100, _create_boto_signer()),
        LOWER_BOUND: (PARTS, _create_lower_bound()),
    }


def _create_cloudfront_signer() -> Signing:
    """Signs downloads with an ECDSA key, as a deployment with `cdn` does."""
    key = TrustedKey("K2JCJMDEHXQW5F", P256Key.generate())
    delivery = CloudFrontDelivery("https://d111111abcdef8.cloudfront.net", lambda: key)
    content = StoredContent(
        key=KEY.replace("staging", "documents"),
        version="3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
        content_type="application/pdf",
        file_name="quarterly report.pdf",
        size=LENGTH,
        sha256=None,
    )
    now = datetime.now(UTC)
    return lambda count: [
        delivery.sign(content, inline=False, method="GET", lifetime=300, now=now) for _ in range(count)
    ]


def _create_boto_signer() -> Signing:
    client = boto3.client(
        "s3",
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET,
        aws_session_token=TOKEN,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    params = {"Bucket": BUCKET, "Key": KEY, "UploadId": UPLOAD_ID, "PartNumber": 7, "ContentLength": LENGTH}
    return lambda count: [
        client.generate_presigned_url("upload_part", params, LIFETIME) for _ in range(count)
    ]


def _create_lower_bound() -> Signing:
    prefix_hash, key, rest = hashlib.sha256(b"x" * 1200), b"k" * 32, b"y" * 300

    def hash_and_sign(count: int) -> object:
        signatures = []
        for _ in range(count):
            digest = prefix_hash.copy()
            digest.update(rest)
            signatures.append(hmac.digest(key, digest.digest() * 4, "sha256").hex())
        return signatures

    return hash_and_sign


@contextmanager
def _run_minio() -> Iterator[Callable[[int], float]]:
    """Runs minio-py in the environment of the peers."""
    code = """
import datetime, json, sys, time
from minio import Minio
bucket, region, key, upload_id, access, secret, token = sys.argv[1:]
client = Minio(f"s3.{region}.amazonaws.com", access_key=access, secret_key=secret, session_token=token, region=region)
lifetime = datetime.timedelta(seconds=900)
for line in sys.stdin:
    start = time.process_time()
    for n in range(1, int(line) + 1):
        more = {"partNumber": str(n), "uploadId": upload_id}
        client.get_presigned_url("PUT", bucket, key, expires=lifetime, extra_query_params=more)
    print(json.dumps((time.process_time() - start) / int(line)), flush=True)
"""
    command = [
        str(packages.install_python()),
        "-c",
        code,
        BUCKET,
        REGION,
        KEY,
        UPLOAD_ID,
        ACCESS_KEY,
        SECRET,
        TOKEN,
    ]
    with _run_measured(command) as measure:
        yield measure


@contextmanager
def _run_sdk_v3() -> Iterator[Callable[[int], float]]:
    """Runs getSignedUrl of AWS SDK v3 for JavaScript."""
    script = packages.install_node_modules() / "presign.mjs"
    with _run_measured([str(npm.NODE), str(script), BUCKET, KEY, UPLOAD_ID]) as measure:
        yield measure


@contextmanager
def _run_companion() -> Iterator[Callable[[int], float]]:
    """Runs the batch route of Uppy Companion, which signs all parts in one call."""
    script = packages.install_node_modules() / "companion.mjs"
    with _run_peer([str(npm.NODE), str(script), BUCKET]) as (read, ask):
        port = read()

        def measure(count: int) -> float:
            numbers = ",".join(str(n) for n in range(1, count + 1))
            path = f"/s3/multipart/{quote(UPLOAD_ID, safe='')}/batch?key={quote(KEY, safe='')}&partNumbers={numbers}"
            before = ask("cpu")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as response:
                assert len(json.load(response)["presignedUrls"]) == count
            return float((ask("cpu") - before) / count)

        yield measure


PEERS = {
    "minio-py, part URL": (200, _run_minio),
    "AWS SDK v3 for JavaScript, part URL": (100, _run_sdk_v3),
    "Uppy Companion, batch of 500 part URLs": (500, _run_companion),
}


@contextmanager
def _run_peer(command: list[str]) -> Iterator[tuple[Callable[[], Any], Callable[[object], Any]]]:
    """Runs a process that writes one JSON number for each line of stdin. Yields (read a number, ask for one)."""
    environment = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_REGION": REGION,
        "COMPANION_AWS_KEY": ACCESS_KEY,
        "COMPANION_AWS_SECRET": SECRET,
    }
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        questions, answers = process.stdin, process.stdout

        def read() -> Any:
            while not (line := answers.readline()).strip().replace(".", "").replace("e-", "").isdigit():
                assert line, f"{command[1]} exited"
            return json.loads(line)

        def ask(question: object) -> Any:
            questions.write(f"{question}\n")
            questions.flush()
            return read()

        yield read, ask
        questions.close()


@contextmanager
def _run_measured(command: list[str]) -> Iterator[Callable[[int], float]]:
    with _run_peer(command) as (_, ask):
        yield ask


def rows() -> Iterator[Row]:
    local = in_process_signers()
    with ExitStack() as stack:
        remote: dict[str, tuple[int, Callable[[int], float]]] = {}
        for name, (count, run) in PEERS.items():
            try:
                remote[name] = (count, stack.enter_context(run()))
            except packages.NotInstalledError as error:
                print(f"skipped: {name}, because its packages cannot be installed ({error})")
        rounds = [_measure_round(local, remote) for _ in range(ROUNDS)]
    for name in rounds[0]:
        each = statistics.median(turn[name] for turn in rounds)
        ratio = statistics.median(turn[OURS] / turn[name] for turn in rounds)
        is_absolute = name == OURS or name in MAX_MICROSECONDS
        bar = MAX_MICROSECONDS.get(name, BARS.get(name))
        yield Row("signing", name, each * 1e6, "us CPU", None if is_absolute else ratio, bar)
    yield Row("signing", "one response with 10,000 parts", _response_bytes() / 1e6, "MB", bar=RESPONSE_BAR)


def _measure_round(
    local: Mapping[str, tuple[int, Signing]], remote: Mapping[str, tuple[int, Callable[[int], float]]]
) -> dict[str, float]:
    """Returns the CPU seconds of one signature by signer."""
    spent = {}
    for name, (count, sign) in local.items():
        start = time.process_time()
        sign(count)
        spent[name] = (time.process_time() - start) / count
    return spent | {name: measure(count) for name, (count, measure) in remote.items()}


def _response_bytes() -> int:
    """Returns the size of the API's response with the signatures of 10,000 parts."""
    from functions.http import part_schemas
    from functions.signing.presigning import CompactPartUrls

    signer, now = _create_signer()
    parts = signer.create_part_signer(
        KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers={"content-length": "5"}
    )
    signatures = {n: parts.sign(n) for n in range(1, PARTS + 1)}
    window = CompactPartUrls(parts.template, signatures, now + timedelta(seconds=LIFETIME))
    return len(part_schemas.CompactPartsResponse.from_urls(window).model_dump_json(by_alias=True).encode())


if __name__ == "__main__":
    sys.exit(report(list(rows())))
