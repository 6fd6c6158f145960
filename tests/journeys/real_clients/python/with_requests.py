"""https://requests.readthedocs.io/en/latest/user/advanced/#streaming-uploads"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import requests

api, path = sys.argv[1], Path(sys.argv[2])
session = requests.Session()
session.headers["authorization"] = f"Bearer {os.environ['AIRLOCK_TOKEN']}"

body: dict[str, Any] = {"fileName": path.name, "size": path.stat().st_size, "contentType": "application/pdf"}
response = session.post(f"{api}/documents", json=body)
response.raise_for_status()
document, upload = response.json()["document"], response.json()["upload"]

with path.open("rb") as file:  # without the session, whose token is not for S3
    requests.put(upload["url"], data=file, headers=upload["headers"]).raise_for_status()

while document["status"] in ("pending", "processing"):
    time.sleep(0.2)
    document = session.get(f"{api}/documents/{document['id']}").json()
sys.stdout.write(json.dumps(document))
