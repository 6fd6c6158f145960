"""What a signature costs, as a ratio to boto3 in the same run: `python -m bench.signing`.

Rounds are interleaved, so that a busy machine slows every signer alike, and CPU time is what counts. Each
figure is the median over the rounds. Exits with 1 when a ratio is above its bar.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import boto3
from botocore.config import Config

from functions.core.credentials import Credentials
from functions.core.endpoint import Endpoint
from functions.core.sigv4 import Signer

ROUNDS = 15
BOTO_URLS = 100
OUR_URLS = 1_000
PARTS = 10_000

BUCKET, REGION, KEY = "my-bucket", "eu-west-1", "staging/0f1e2d3c4b5a69788796a5b4c3d2e1f0/0198c0de"
UPLOAD_ID = "2~VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5tMnRzIHVwbG9hZA" * 2
TOKEN = "IQoJb3JpZ2luX2VjE+/=" * 50  # a role's session token is about 1 kB
LENGTH = 64 * 2**20
LIFETIME = 900


def boto_url() -> Callable[[], object]:
    """boto3's URL of one part, with its client made outside the clock."""
    client = boto3.client(
        "s3",
        region_name=REGION,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        aws_session_token=TOKEN,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    params = {"Bucket": BUCKET, "Key": KEY, "UploadId": UPLOAD_ID, "PartNumber": 7, "ContentLength": LENGTH}
    return lambda: client.generate_presigned_url("upload_part", params, LIFETIME)


def contenders() -> dict[str, tuple[int, Callable[[], object], float]]:
    """Name -> (signatures a round, the work of a round, the bar as a ratio to boto3)."""
    endpoint = Endpoint.of_bucket(BUCKET, REGION)
    signer = Signer(Credentials("AKIDEXAMPLE", "secret", TOKEN), REGION, endpoint)
    now = datetime.now(UTC)
    headers = {"content-length": str(LENGTH)}
    query = {"partNumber": "7", "uploadId": UPLOAD_ID}
    theirs = boto_url()

    def presign() -> object:
        return signer.presign("PUT", KEY, lifetime=LIFETIME, now=now, query=query, headers=headers)

    def urls() -> object:
        parts = signer.part_signer(KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers=headers)
        return [parts.url(n) for n in range(1, PARTS + 1)]

    def signatures() -> object:
        parts = signer.part_signer(KEY, UPLOAD_ID, lifetime=LIFETIME, now=now, headers=headers)
        return {n: parts.signature(n) for n in range(1, PARTS + 1)}

    return {
        "boto3 generate_presigned_url(upload_part)": (
            BOTO_URLS,
            lambda: [theirs() for _ in range(BOTO_URLS)],
            1,
        ),
        "Signer.presign": (OUR_URLS, lambda: [presign() for _ in range(OUR_URLS)], 0.1),
        "PartSigner.url, 10,000 parts": (PARTS, urls, 0.02),
        "PartSigner.signature, 10,000 parts": (PARTS, signatures, 0.02),
    }


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    """Print one line a signer; 1 when one is above its bar."""
    rows = contenders()
    rounds = [
        {name: cpu_seconds(work) / count for name, (count, work, _) in rows.items()} for _ in range(ROUNDS)
    ]
    base = next(iter(rows))
    print(f"{'signer':44}{'us each':>9}{'x boto3':>9}{'bar':>7}")
    late = 0
    for name, (_, _, bar) in rows.items():
        each = statistics.median(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one[base] for one in rounds)
        late += ratio > bar
        print(f"{name:44}{each * 1e6:9.1f}{ratio:9.4f}{bar:7.2f}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
