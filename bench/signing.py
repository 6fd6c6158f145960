"""What a signature costs, beside other signers and the floor: `python -m bench.signing`.

Rounds take turns, and CPU time is what counts. Companion's is its server's, for one call of its batch route; its HTTP is part of it,
because a client gets its URLs in no other way. `ratio` is one of ours to that row: 10,000 signatures of parts by one signer.
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
from functions.signing.credentials import Credentials
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
FLOOR = "lower bound: hash 300 B on a prepared hash, and one HMAC"
BARS = {BOTO: 0.015, FLOOR: 1.4}
ANSWER_BAR = 1.0

Signing = Callable[[int], object]
"""Makes so many signatures."""


def _ours() -> tuple[Signer, datetime]:
    endpoint = Endpoint.for_bucket(BUCKET, REGION)
    return Signer(Credentials(ACCESS_KEY, SECRET, TOKEN), REGION, endpoint), datetime.now(UTC)


def in_process() -> dict[str, tuple[int, Signing]]:
    """Name -> (signatures a round, how they are made)."""
    signer, now = _ours()
    headers = {"content-length": str(LENGTH)}

    def signatures(count: int) -> object:
        parts = signer.create_part_signer(KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers=headers)
        return {n: parts.sign(n) for n in range(1, count + 1)}

    def urls(count: int) -> object:
        parts = signer.create_part_signer(KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers=headers)
        return [parts.presign(n) for n in range(1, count + 1)]

    def alone(count: int) -> object:
        query = {"partNumber": "7", "uploadId": UPLOAD_ID}
        return [
            signer.presign("PUT", KEY, lifetime=LIFETIME, now=now, query=query, headers=headers)
            for _ in range(count)
        ]

    return {
        OURS: (PARTS, signatures),
        "Airlock, part URL": (PARTS, urls),
        "Airlock, any URL": (1_000, alone),
        BOTO: (100, _boto()),
        FLOOR: (PARTS, _floor()),
    }


def _boto() -> Signing:
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


def _floor() -> Signing:
    prepared, key, rest = hashlib.sha256(b"x" * 1200), b"k" * 32, b"y" * 300

    def hashes(count: int) -> object:
        made = []
        for _ in range(count):
            digest = prepared.copy()
            digest.update(rest)
            made.append(hmac.digest(key, digest.digest() * 4, "sha256").hex())
        return made

    return hashes


@contextmanager
def _minio() -> Iterator[Callable[[int], float]]:
    """minio-py, in the environment that has it."""
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
    command = [str(packages.python()), "-c", code, BUCKET, REGION, KEY, UPLOAD_ID, ACCESS_KEY, SECRET, TOKEN]
    with _asked(command) as ask:
        yield ask


@contextmanager
def _sdk_v3() -> Iterator[Callable[[int], float]]:
    """getSignedUrl of AWS SDK v3 for JavaScript."""
    script = packages.node_modules() / "presign.mjs"
    with _asked([str(npm.NODE), str(script), BUCKET, KEY, UPLOAD_ID]) as ask:
        yield ask


@contextmanager
def _companion() -> Iterator[Callable[[int], float]]:
    """Uppy Companion's batch route: one call signs all."""
    script = packages.node_modules() / "companion.mjs"
    with _running([str(npm.NODE), str(script), BUCKET]) as (_, read, ask):
        port = read()

        def each(count: int) -> float:
            numbers = ",".join(str(n) for n in range(1, count + 1))
            path = f"/s3/multipart/{quote(UPLOAD_ID, safe='')}/batch?key={quote(KEY, safe='')}&partNumbers={numbers}"
            before = ask("cpu")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as answer:
                assert len(json.load(answer)["presignedUrls"]) == count
            return float((ask("cpu") - before) / count)

        yield each


PEERS = {
    "minio-py, part URL": (200, _minio),
    "AWS SDK v3 for JavaScript, part URL": (100, _sdk_v3),
    "Uppy Companion, batch of 500 part URLs": (500, _companion),
}


@contextmanager
def _running(command: list[str]) -> Iterator[tuple[Any, Callable[[], Any], Callable[[object], Any]]]:
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
        lines, answers = process.stdin, process.stdout

        def read() -> Any:
            while not (line := answers.readline()).strip().replace(".", "").replace("e-", "").isdigit():
                assert line, f"{command[1]} has ended"
            return json.loads(line)

        def ask(question: object) -> Any:
            lines.write(f"{question}\n")
            lines.flush()
            return read()

        yield process, read, ask
        lines.close()


@contextmanager
def _asked(command: list[str]) -> Iterator[Callable[[int], float]]:
    with _running(command) as (_, _, ask):
        yield ask


def rows() -> Iterator[Row]:
    local = in_process()
    with ExitStack() as stack:
        remote: dict[str, tuple[int, Callable[[int], float]]] = {}
        for name, (count, peer) in PEERS.items():
            try:
                remote[name] = (count, stack.enter_context(peer()))
            except packages.NotInstalledError as error:
                print(f"skipped: {name}, whose packages cannot be installed ({error})")
        rounds = [_round(local, remote) for _ in range(ROUNDS)]
    for name in rounds[0]:
        each = statistics.median(turn[name] for turn in rounds)
        ratio = statistics.median(turn[OURS] / turn[name] for turn in rounds)
        yield Row("signing", name, each * 1e6, "us CPU", None if name == OURS else ratio, BARS.get(name))
    yield Row("signing", "one response with 10,000 parts", _answer_bytes() / 1e6, "MB", bar=ANSWER_BAR)


def _round(
    local: Mapping[str, tuple[int, Signing]], remote: Mapping[str, tuple[int, Callable[[int], float]]]
) -> dict[str, float]:
    """Seconds a signature."""
    spent = {}
    for name, (count, sign) in local.items():
        start = time.process_time()
        sign(count)
        spent[name] = (time.process_time() - start) / count
    return spent | {name: ask(count) for name, (count, ask) in remote.items()}


def _answer_bytes() -> int:
    """Of what a client gets that asks for the signatures of 10,000 parts, as the API writes it."""
    from functions.http import part_schemas
    from functions.signing.presigning import CompactPartUrls

    signer, now = _ours()
    parts = signer.create_part_signer(
        KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers={"content-length": "5"}
    )
    signatures = {n: parts.sign(n) for n in range(1, PARTS + 1)}
    window = CompactPartUrls(parts.template, signatures, now + timedelta(seconds=LIFETIME))
    return len(part_schemas.CompactPartsResponse.from_urls(window).model_dump_json(by_alias=True).encode())


if __name__ == "__main__":
    sys.exit(report(list(rows())))
