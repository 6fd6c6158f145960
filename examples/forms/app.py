"""A site without any JavaScript whose users upload files: a form to S3, a page with the result, and the download.

The back end has a machine token and acts on behalf of its users. Here each browser is a user, because the site has no sign-in.
S3 shows its own refusals as XML, so the form opens in a frame of the page.
"""

import os
from functools import cache
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
from flask import Flask, redirect, render_template, request, session, url_for
from werkzeug import Response

IN_PROGRESS = ("pending", "processing")

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]


@cache
def fetch_token(_half_hour: int) -> str:
    """Returns a machine token, which is valid for an hour."""
    client = (os.environ["AIRLOCK_CLIENT_ID"], os.environ["AIRLOCK_CLIENT_SECRET"])
    grant = {"grant_type": "client_credentials"}
    response = httpx.post(os.environ["AIRLOCK_TOKEN_URL"], data=grant, auth=client, timeout=30)
    token: str = response.raise_for_status().json()["access_token"]
    return token


def find_user() -> str:
    user: str = session.setdefault("user", uuid4().hex)
    return user


def call_airlock(method: str, path: str, **options: Any) -> Any:
    """Calls the API for the user of this request, in the language of that user, and returns its JSON. Raises HTTPStatusError."""
    headers = {
        "Authorization": f"Bearer {fetch_token(int(monotonic() // 1_800))}",
        "Accept-Language": request.headers.get("Accept-Language", "en"),
        **options.pop("headers", {}),
    }
    response = httpx.request(method, os.environ["AIRLOCK_API"] + path, headers=headers, timeout=30, **options)
    return response.raise_for_status().json()


@app.get("/")
def start() -> str:
    return render_template("start.html", upload=uuid4())


@app.post("/uploads/<upload>")
def show_form(upload: str) -> str:
    """Reserves the space for one file. A reload of the page gets the same form, because the key is the same."""
    form = {
        "kind": "form",
        "method": "POST",
        "maxSize": 10_485_760,
        "onBehalfOf": find_user(),
        "successRedirect": url_for("find_document", _external=True),
    }
    created = call_airlock("POST", "/documents", json=form, headers={"Idempotency-Key": upload})
    return render_template("form.html", **created)


@app.get("/sent")
def find_document() -> Response:
    """S3 leads here with `bucket`, `key` and `etag`. The key ends with the id. The API shows it to its owner only."""
    document_id = request.args.get("key", "").rpartition("/")[2]
    return redirect(url_for("show_document", document_id=document_id), 303)


@app.get("/documents/<uuid:document_id>")
def show_document(document_id: str) -> str:
    document = call_airlock("GET", f"/documents/{document_id}", params={"onBehalfOf": find_user()})
    return render_template("document.html", document=document, is_waiting=document["status"] in IN_PROGRESS)


@app.get("/documents/<uuid:document_id>/download")
def download(document_id: str) -> Response:
    found = call_airlock("GET", f"/documents/{document_id}/download", params={"onBehalfOf": find_user()})
    return redirect(found["url"])


@app.errorhandler(httpx.HTTPStatusError)
def show_problem(error: httpx.HTTPStatusError) -> tuple[str, int]:
    """A problem has a sentence for the end user. The gateway's own answers, such as 401, have none."""
    message = error.response.json().get("message") or "Something went wrong."
    return render_template("problem.html", message=message), error.response.status_code
