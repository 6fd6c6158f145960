"""curl and wget, by their manuals. The arguments are the API, the file and the name of the command."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

api, path, command = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
token = {"authorization": f"Bearer {os.environ['AIRLOCK_TOKEN']}"}

START = {
    "curl": ["curl", "--silent", "--show-error", "--fail-with-body"],
    "wget": ["wget", "--quiet", "--output-document=-"],
}
POST = {"curl": ["--json"], "wget": ["--header=content-type: application/json", "--post-data"]}
PUT = {"curl": ["--upload-file"], "wget": ["--method=PUT", "--body-file"]}


def call(url: str, headers: Mapping[str, str], *options: str) -> str:
    """Returns what the command prints."""
    sent = [option for name, value in headers.items() for option in ("--header", f"{name}: {value}")]
    run = subprocess.run(
        [*START[command], *sent, *options, url], check=True, stdout=subprocess.PIPE, text=True
    )
    return run.stdout


body = json.dumps({"fileName": path.name, "size": path.stat().st_size, "contentType": "application/pdf"})
created = json.loads(call(f"{api}/documents", token, *POST[command], body))
document, upload = created["document"], created["upload"]

call(upload["url"], upload["headers"], *PUT[command], str(path))

while document["status"] in ("pending", "processing"):
    time.sleep(0.2)
    document = json.loads(call(f"{api}/documents/{document['id']}", token))
sys.stdout.write(json.dumps(document))
