"""https://docs.aiohttp.org/en/stable/client_quickstart.html#streaming-uploads"""

import asyncio
import json
import os
import sys
from pathlib import Path

import aiohttp  # type: ignore[import-not-found]
from yarl import URL  # type: ignore[import-not-found]


async def upload_file(api: str, path: Path) -> dict[str, object]:
    headers = {"authorization": f"Bearer {os.environ['AIRLOCK_TOKEN']}"}
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        body = {"fileName": path.name, "size": path.stat().st_size, "contentType": "application/pdf"}
        async with session.post(f"{api}/documents", json=body, headers=headers) as response:
            created = await response.json()
        document, upload = created["document"], created["upload"]
        # `encoded`, because another quoting of the URL would be another signature.
        with path.open("rb") as file:
            await session.put(URL(upload["url"], encoded=True), data=file, headers=upload["headers"])
        while document["status"] in ("pending", "processing"):
            await asyncio.sleep(0.2)
            async with session.get(f"{api}/documents/{document['id']}", headers=headers) as response:
                document = await response.json()
        return dict(document)


sys.stdout.write(json.dumps(asyncio.run(upload_file(sys.argv[1], Path(sys.argv[2])))))
