"""The service from outside: the API and S3 over HTTP, tokens, events, sweeps, and steps of one's own."""

import io
import json
from pathlib import Path

import httpx
import jsonschema
from PIL import Image

from airlock_testing import Airlock
from tests.examples import PDF, PNG

CREATE = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
DOCS = Path(__file__).parents[2] / "docs"


def test_a_file_is_uploaded_and_downloaded_over_http(
    airlock: Airlock, alice: httpx.Client, http: httpx.Client
) -> None:
    created = alice.post("/documents", json=CREATE)
    assert created.status_code == 201
    upload = created.json()["upload"]
    assert http.put(upload["url"], content=PNG, headers=upload["headers"]).status_code == 200
    airlock.wait_until_idle()
    location = created.headers["location"]
    assert alice.get(location).json()["status"] == "ready"
    content = alice.get(f"{location}/content", follow_redirects=True)
    assert content.content == PNG


def test_a_form_for_a_file_that_is_not_known_yet_arrives_and_leads_back(
    airlock: Airlock, alice: httpx.Client, http: httpx.Client
) -> None:
    back = {"successRedirect": "https://app.example.com/sent?key=mine"}
    request = {"kind": "image", "method": "POST", "maxSize": 100} | back
    created = alice.post("/documents", json=request).json()
    upload = created["upload"]
    answer = http.post(upload["url"], data=upload["fields"], files={"file": ("cat.png", PNG)})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(back["successRedirect"] + "&bucket=")
    airlock.wait_until_idle()
    document = airlock.document(created["document"]["id"])
    assert (document["status"], document["fileName"], document["size"]) == ("ready", "cat.png", len(PNG))


def test_a_multipart_upload_and_a_form_arrive_too(
    airlock: Airlock, alice: httpx.Client, http: httpx.Client
) -> None:
    parts = alice.post("/documents", json=CREATE | {"method": "MULTIPART"}).json()
    [part] = parts["upload"]["parts"]
    assert http.put(part["url"], content=PNG).status_code == 200
    assert alice.post(f"/documents/{parts['document']['id']}/complete").status_code == 200
    form = alice.post("/documents", json=CREATE | {"method": "POST"}).json()
    upload = form["upload"]
    assert http.post(upload["url"], data=upload["fields"], files={"file": PNG}).is_success
    airlock.wait_until_idle()
    assert [airlock.document(each["document"]["id"])["status"] for each in (parts, form)] == [
        "ready",
        "ready",
    ]


def test_s3_is_as_strict_as_that_of_aws(alice: httpx.Client, http: httpx.Client) -> None:
    upload = alice.post("/documents", json=CREATE).json()["upload"]
    other_type = upload["headers"] | {"content-type": "image/gif"}
    refused = http.put(upload["url"], content=PNG, headers=other_type)
    assert (refused.status_code, "SignatureDoesNotMatch" in refused.text) == (403, True)


def test_users_see_their_own_documents_only(airlock: Airlock) -> None:
    document = airlock.upload("cat.png", PNG, user="alice")
    bob = {"authorization": f"Bearer {airlock.token('bob')}"}
    response = httpx.get(f"{airlock.url}/documents/{document['id']}", headers=bob, trust_env=False)
    assert (response.status_code, response.json()["code"]) == (404, "document_not_found")


def test_the_gateway_refuses_what_aws_refuses(airlock: Airlock, http: httpx.Client) -> None:
    assert http.get(f"{airlock.url}/documents").status_code == 401
    forged = airlock.token()[:-8] + "AAAAAAAA"
    refused = http.get(f"{airlock.url}/documents", headers={"authorization": f"Bearer {forged}"})
    assert (refused.status_code, refused.json()) == (401, {"message": "Unauthorized"})
    assert http.get(f"{airlock.url}/nothing").json() == {"message": "Not Found"}


def test_an_app_can_verify_the_tokens_with_the_keys_of_the_issuer(
    airlock: Airlock, http: httpx.Client
) -> None:
    discovery = http.get(f"{airlock.issuer}/.well-known/openid-configuration").json()
    assert discovery["issuer"] == airlock.issuer
    from joserfc import jwk, jwt

    keys = jwk.KeySet.import_key_set(http.get(discovery["jwks_uri"]).json())
    claims = jwt.decode(airlock.token("carol", claims={"tenant": "t1"}), keys, algorithms=["RS256"]).claims
    assert (claims["sub"], claims["tenant"], claims["iss"]) == ("carol", "t1", airlock.issuer)


def test_a_page_on_this_machine_may_call_the_api_and_no_other_page(
    airlock: Airlock, http: httpx.Client
) -> None:
    allowed = {
        origin: http.options(f"{airlock.url}/documents", headers={"origin": origin}).headers.get(
            "access-control-allow-origin"
        )
        for origin in ("http://localhost:5173", "https://example.com")
    }
    assert allowed == {"http://localhost:5173": "http://localhost:5173", "https://example.com": None}


def test_events_are_those_of_the_bus(airlock: Airlock) -> None:
    document = airlock.upload("cat.png", PNG)
    schema = json.loads((DOCS / "events" / "document.json").read_text())
    assert [event["detail-type"] for event in airlock.events] == [
        "document.created",
        "document.processing",
        "document.ready",
    ]
    for event in airlock.events:
        jsonschema.validate(event["detail"], schema)
        assert (event["source"], event["detail"]["id"]) == ("airlock", document["id"])


def test_a_test_plays_the_worker_of_a_step_of_its_own(airlock: Airlock) -> None:
    document = airlock.upload("a.txt", b"Dear all")
    assert document["status"] == "processing"
    approval = airlock.step("approval")
    [task] = approval.tasks()
    jsonschema.validate(task, json.loads((DOCS / "schemas" / "task.json").read_text()))
    approval.send_result(task, "rejected", detail="Not approved.")
    airlock.wait_until_idle()
    assert approval.tasks() == []
    assert airlock.document(document["id"])["status"] == "rejected"


def test_a_worker_that_airlock_ships_does_its_work(airlock: Airlock) -> None:
    image = io.BytesIO()
    Image.new("RGB", (200, 100)).save(image, "PNG")
    document = airlock.upload("me.png", image.getvalue(), kind="avatar")
    assert (document["status"], document["renditions"]["small"]["width"]) == ("ready", 96)


def test_a_deleted_document_is_purged_after_its_window(airlock: Airlock, alice: httpx.Client) -> None:
    document = airlock.upload("cat.png", PNG)
    assert alice.delete(f"/documents/{document['id']}").status_code == 204
    airlock.clock.move(days=8)
    airlock.sweep()
    assert airlock.events[-1]["detail-type"] == "document.purged"


def test_a_setting_of_the_deployment_counts(airlock: Airlock, alice: httpx.Client) -> None:
    statuses = [alice.post("/documents", json=CREATE).status_code for _ in range(5)]
    assert statuses == [201, 201, 201, 201, 429]


def test_a_reset_leaves_nothing(airlock: Airlock, alice: httpx.Client) -> None:
    airlock.faults.scan("infected")
    airlock.faults.delay_events(60, events=9)
    airlock.upload("cat.png", PNG)
    airlock.faults.clear()
    airlock.faults.scan("infected")
    airlock.upload("a.txt", b"Dear all")
    airlock.clock.move(hours=1)
    airlock.reset()
    assert (airlock.events, airlock.step("approval").tasks()) == ([], [])
    assert alice.get("/documents").json()["documents"] == []
    assert airlock.upload("a.pdf", PDF)["status"] == "ready"


def test_a_back_end_uploads_for_a_user_who_finds_the_document(airlock: Airlock, http: httpx.Client) -> None:
    machine, other = ({"authorization": f"Bearer {airlock.machine_token(name)}"} for name in ("a", "b"))
    created = http.post(
        f"{airlock.url}/documents", json=CREATE | {"onBehalfOf": "alice"}, headers=machine
    ).json()
    location = f"{airlock.url}/documents/{created['document']['id']}"
    named = {"onBehalfOf": "alice"}
    assert airlock.document(created["document"]["id"])["history"][0]["actor"] == "a"
    assert http.get(location, params=named, headers=machine).status_code == 200
    assert http.get(location, params=named, headers=other).status_code == 404
    user = {"authorization": f"Bearer {airlock.token('alice')}"}
    assert http.get(location, params=named, headers=user).json()["code"] == "on_behalf_not_allowed"
