"""https://www.python-httpx.org/quickstart/#sending-binary-request-data"""

import json
import os
import sys
import time
from pathlib import Path

import httpx

api, path = sys.argv[1], Path(sys.argv[2])
client = httpx.Client(headers={"authorization": f"Bearer {os.environ['AIRLOCK_TOKEN']}"}, timeout=60)

body = {"fileName": path.name, "size": path.stat().st_size, "contentType": "application/pdf"}
created = client.post(f"{api}/documents", json=body).raise_for_status().json()
document, upload = created["document"], created["upload"]

with path.open("rb") as file:  # without the client, whose token is not for S3
    httpx.put(upload["url"], content=file, headers=upload["headers"], timeout=60).raise_for_status()

while document["status"] in ("pending", "processing"):
    time.sleep(0.2)
    document = client.get(f"{api}/documents/{document['id']}").raise_for_status().json()
client.close()
sys.stdout.write(json.dumps(document))
