"""Malware scans in the deployed template, with the stand-in of GuardDuty and clamd where it is installed."""

import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import pyzipper

from local.aws import ROOT
from local.stack import LocalStack
from operate.__main__ import main
from operate.commands.doctor import diagnose
from operate.deployment import Deployment
from operate.records import Records
from operate.rescan import StoredDocument, Wait, send_tasks
from tests.case_counts import CountCases
from tests.features.scan.events import scan_event
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, pdf
from tests.journeys.manual_worker import ManualWorker
from tests.journeys.multipart_upload import PART_SIZE, MultipartUpload
from tests.journeys.operate_command import OperateCommand
from tests.journeys.operator import SLOWEST_SMOKE, create_role, open_deployment
from tests.journeys.operator_permissions import GUARDDUTY_SCENARIOS
from tests.journeys.permissions import SCENARIOS
from tests.journeys.policy_role import PolicyRole, create_policy_role, read_policy
from tests.journeys.roles import Permission, Roles, is_denied
from tests.journeys.rules import disable_rule
from tests.journeys.sabotages import Sabotage
from tests.journeys.scan_sabotages import SCAN_SABOTAGES
from tests.journeys.scan_scenarios import PERMISSIONS, PIPELINE, SCAN, WRITE_QUARANTINE
from tests.journeys.scenario_context import ProveNeed
from tests.journeys.signatures import learn_signature
from tests.journeys.storage import Storage
from tests.journeys.wait import wait_until
from tests.malware import EICAR, attach_to_pdf, make_zip_bomb, nest_zips, zip_encrypted, zip_members
from tests.skips import skip_or_fail

NEEDS_CLAMD = pytest.mark.skipif(**skip_or_fail("clamd", shutil.which("clamd") is not None))
STACK = "steps_stack"
MIB = 1 << 20
ZIP, PDF = "application/zip", "application/pdf"


@pytest.fixture(scope="module")
def deployment(own_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return open_deployment(own_stack, tmp_path_factory.mktemp("operator"))


def send(user: ApiClient, body: bytes, content_type: str, **more: Any) -> str:
    """Uploads a file and returns its id."""
    created = user.create(body, "a.bin", content_type, **{"kind": "upload"} | more)
    assert user.put(created["upload"], body).status_code == 200
    return str(created["document"]["id"])


def scan_step(document: dict[str, Any]) -> dict[str, Any]:
    [step] = [step for step in document["steps"] if step["name"] == "scan"]
    return dict(step)


def a_stored_document_of(operator: AdminClient, document_id: str) -> StoredDocument:
    """Returns a ready document as `rescan` selects it."""
    item = operator.get_item(document_id)
    version, size = item["stored_version"]["S"], int(item["size"]["N"])
    return StoredDocument(item["pk"]["S"], document_id, version, size, 1, "text/plain", None)


def has_scan_ended(user: ApiClient, document_id: str) -> bool:
    """Returns False while the scan of a document waits, or while the document does."""
    document = user.get_document(document_id)
    return document["status"] not in ("pending", "processing")


@contextmanager
def lose_verdicts(operator: AdminClient) -> Iterator[None]:
    """Disables the rule, so that no scan result reaches the queue."""
    events = operator.client("events")
    [rule] = [rule["Name"] for rule in events.list_rules()["Rules"] if "GuardDuty" in rule["Name"]]
    with disable_rule(events, rule):
        yield


@contextmanager
def stop_scanner(stack: LocalStack) -> Iterator[None]:
    """Renames the socket of clamd, so that every scan fails."""
    socket = stack.emulator.folder / "tmp" / "clamd.sock"
    renamed = socket.rename(socket.with_suffix(".off"))
    try:
        yield
    finally:
        renamed.rename(socket)


def scan_result(bucket: str, task: dict[str, str], **changes: Any) -> str:
    """Returns a clean scan result for a staged version."""
    known = {"bucket": bucket, "key": task["Key"], "version": task["VersionId"]}
    return json.dumps(scan_event(**known | changes))


def test_a_clean_file_is_scanned_and_ready(user: ApiClient) -> None:
    body = pdf(1_000)
    document = user.upload(body, "a.pdf", PDF, kind="upload")
    assert (document["status"], scan_step(document)["status"]) == ("ready", "passed")
    assert user.http.get(user.get_download_url(document["id"])).content == body


def test_the_name_of_a_file_decides_its_fault_in_the_local_stack(user: ApiClient) -> None:
    """docs/testing-your-app.md. Names are opaque to S3 and to the scanner, so nothing that is deployed can do the same."""
    waiting = user.upload(pdf(1_000), "wait2s.infected.a.pdf", PDF, kind="upload")
    unscannable = user.upload(pdf(1_000), "unscannable.a.pdf", PDF, kind="upload")
    assert (waiting["reason"], unscannable["reason"]) == ("malware_found", "scan_inconclusive")
    pending, processing = (datetime.fromisoformat(entry["at"]) for entry in waiting["history"][:2])
    assert processing - pending >= timedelta(seconds=2)


INFECTED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "plain": ("text/plain", lambda: EICAR),
    "zip": (ZIP, lambda: zip_members(a=EICAR)),
    "zip in 10 zips": (ZIP, lambda: nest_zips(EICAR, 10)),
    "gzip": ("application/gzip", lambda: gzip.compress(EICAR)),
    "attachment of a pdf": (PDF, lambda: attach_to_pdf(EICAR)),
    "in the 60th MiB": (PDF, lambda: pdf(60 * MIB) + EICAR),
}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n == "plain" else NEEDS_CLAMD) for n in INFECTED]
)
def test_malware_is_rejected_and_its_bytes_are_never_readable(
    user: ApiClient, bucket: Storage, operator: AdminClient, name: str
) -> None:
    content_type, make = INFECTED[name]
    body = make()
    created = user.create(body, "a.bin", content_type, kind="upload")
    document_id = created["document"]["id"]
    assert user.put(created["upload"], body).status_code == 200
    answers = try_to_read(user, created, is_over=lambda: has_scan_ended(user, document_id))

    document = user.wait_until_processed(document_id)
    assert (document["status"], document["reason"]) == ("rejected", "malware_found")
    assert "EICAR-Test-File" in scan_step(document)["detail"]
    assert answers <= {403, 404, 409}
    kept, staged = sorted(bucket.list_keys(document_id))
    assert (kept.partition("/")[0], staged.startswith("staging/scan/")) == ("quarantine", True)

    operator.expire_urls(document_id)
    operator.sweep()
    bucket.wait_until_empty(document_id, "staging/")
    assert user.get_document(document_id)["reason"] == "malware_found"


def try_to_read(user: ApiClient, created: dict[str, Any], is_over: Callable[[], bool]) -> set[int]:
    """Tries every way to the bytes during the scan and once after it. Returns the statuses of the responses."""
    document_id, url = created["document"]["id"], created["upload"]["url"]
    statuses: set[int] = set()
    is_last = False
    while not is_last:
        is_last = is_over()
        download = user.request("GET", f"/documents/{document_id}/download")
        statuses |= {
            download.status_code,
            user.request("HEAD", f"/documents/{document_id}/download").status_code,
        }
        statuses |= {user.http.get(url).status_code, user.http.get(url.partition("?")[0]).status_code}
        for prefix in ("documents", "quarantine"):
            statuses.add(user.http.get(url.replace("/staging/scan/", f"/{prefix}/")).status_code)
    return statuses


@NEEDS_CLAMD
def test_malware_in_the_last_part_of_a_multipart_upload_is_rejected(user: ApiClient, bucket: Storage) -> None:
    data = mp4(PART_SIZE) + EICAR
    created = user.create(data, "a.mp4", "video/mp4", kind="upload", method="MULTIPART")
    upload = MultipartUpload(user, created, data)
    upload.put_all()
    document = upload.complete_and_wait()
    assert (document["status"], document["reason"]) == ("rejected", "malware_found")
    bucket.wait_until_empty(upload.id, "staging/")
    [kept] = bucket.list_versions(upload.id)
    assert (kept["Key"].partition("/")[0], kept["Size"]) == ("quarantine", len(data))


INCONCLUSIVE: dict[str, Callable[[], bytes]] = {
    "encrypted zip": lambda: zip_encrypted(EICAR),
    "zip in 35 zips": lambda: nest_zips(EICAR, 35),
}


@NEEDS_CLAMD
@pytest.mark.parametrize("name", INCONCLUSIVE)
def test_what_the_scanner_cannot_look_into_is_rejected_unless_the_kind_accepts_it(
    user: ApiClient, name: str
) -> None:
    body = INCONCLUSIVE[name]()
    rejected = user.upload(body, "a.zip", ZIP, kind="upload")
    assert (rejected["status"], rejected["reason"]) == ("rejected", "scan_inconclusive")
    accepted = user.upload(body, "a.zip", ZIP, kind="lenient")
    assert accepted["status"] == "ready"


@NEEDS_CLAMD
def test_malware_behind_zeros_that_unpack_beyond_usual_limits_is_found(user: ApiClient) -> None:
    """ClamAV's own defaults call this file clean."""
    body = make_zip_bomb(150, EICAR)
    assert len(body) < MIB
    document = user.upload(body, "a.zip", ZIP, kind="upload")
    assert (document["status"], document["reason"]) == ("rejected", "malware_found")


def test_a_document_that_waits_says_so_and_nothing_but_its_own_clean_verdict_ends_that(
    own_stack: LocalStack, user: ApiClient, operator: AdminClient, bucket: Storage
) -> None:
    """Garbage, a verdict for another version and one for another bucket change nothing; a lost one is asked for again."""
    with lose_verdicts(operator):
        document_id = send(user, pdf(1_000), PDF)
        wait_until(
            lambda: user.get_document(document_id)["status"] == "processing", "the document is processed"
        )
        wait_until(lambda: bool(user.get_document(document_id)["steps"][2:]), "the scan waits")
        sqs, url = operator.client("sqs"), operator.queue_url("Verdicts")
        [staged] = bucket.list_versions(document_id)
        for body in (
            "garbage",
            json.dumps({"source": "aws.guardduty"}),
            scan_result(own_stack.bucket, staged, version="another"),
            scan_result("another", staged),
            scan_result(own_stack.bucket, staged, status="FAILED", result="FAILED"),
            scan_result(own_stack.bucket, staged, status="FAILED"),
        ):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        wait_until(lambda: operator.count_messages(url, "") == 0, "the verdicts are processed")
        ManualWorker(operator, "scan").wait_until_heard()
        document = user.get_document(document_id)
        assert document["status"] == "processing"
        assert (scan_step(document)["status"], scan_step(document)["detail"]) == (
            "waiting",
            "Scanning for malware.",
        )
        assert user.request("GET", f"/documents/{document_id}/download").json()["code"] == "not_ready"
    operator.end_wait(document_id)
    operator.sweep()
    assert user.wait_until_processed(document_id)["status"] == "ready"


@NEEDS_CLAMD
def test_while_the_scanner_is_down_uploads_go_on_and_are_ready_after_it_is_back(
    own_stack: LocalStack, user: ApiClient, operator: AdminClient
) -> None:
    with stop_scanner(own_stack):
        waiting = [send(user, pdf(1_000 + number), PDF) for number in range(3)]
        for document_id in waiting:
            wait_until(lambda each=document_id: len(user.get_document(each)["steps"]) > 2, "the scan waits")  # type: ignore[misc]
    assert {user.get_document(each)["status"] for each in waiting} == {"processing"}
    for document_id in waiting:
        operator.end_wait(document_id)
    operator.sweep()
    assert {user.wait_until_processed(each)["status"] for each in waiting} == {"ready"}


def test_smoke_sends_a_canary_that_is_rejected_and_is_fast(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    assert main(["--stage", "local", "smoke", "--json"], deployment) == 0
    assert time.monotonic() - started < SLOWEST_SMOKE
    result = json.loads(capsys.readouterr().out)
    assert "EICAR-Test-File" in result["malware"]
    steps = [step["name"] for step in result["steps"]]
    assert [each for each in steps if "EICAR" in each][:3] == [
        "EICAR create",
        "EICAR upload",
        "EICAR rejected",
    ]
    assert steps[-1] == "EICAR purge"


def test_smoke_fails_while_the_scanner_calls_everything_clean(
    own_stack: LocalStack,
    deployment: Deployment,
    operator: AdminClient,
    bucket: Storage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sqs, url = operator.client("sqs"), operator.queue_url("Verdicts")
    with lose_verdicts(operator), ThreadPoolExecutor(1) as pool:
        smoke = pool.submit(main, ["--stage", "local", "smoke"], deployment)
        judged: set[str] = set()
        while not smoke.done():
            for staged in bucket.list_versions(""):
                if staged["VersionId"] not in judged and staged["Key"].startswith("staging/scan/"):
                    judged.add(staged["VersionId"])
                    sqs.send_message(QueueUrl=url, MessageBody=scan_result(own_stack.bucket, staged))
            time.sleep(0.05)
        assert smoke.result() == 1
    assert "EICAR rejected: the document is ready (None) instead of rejected" in capsys.readouterr().err


@pytest.mark.parametrize("sabotage", SCAN_SABOTAGES, ids=lambda sabotage: sabotage.id)
def test_doctor_names_a_fault_of_the_scanner_and_nothing_after_it(
    deployment: Deployment, sabotage: Sabotage
) -> None:
    with sabotage.apply(deployment):
        [findings] = diagnose(deployment, [sabotage.check]).values()
    assert any(sabotage.problem in finding.problem for finding in findings), findings
    assert diagnose(deployment, ["scanner", "bucket-events", "event-sources"]) == {
        "scanner": [],
        "bucket-events": [],
        "event-sources": [],
    }


@pytest.mark.parametrize("action", GUARDDUTY_SCENARIOS)
def test_doctor_needs_its_action_to_check_the_scanner(
    own_stack: LocalStack,
    deployment: Deployment,
    capsys: pytest.CaptureFixture[str],
    action: str,
    count_cases: CountCases,
) -> None:
    role = create_role(own_stack, deployment)
    words = ["--stage", "local", *GUARDDUTY_SCENARIOS[action].words]
    with role.without(action):
        assert main(words, role.deployment) == 1
    assert "could not be made" in capsys.readouterr().out
    assert main(words, role.deployment) == 0
    count_cases("IAM actions whose removal is noticed", 1)


def test_a_forged_event_of_guardduty_is_refused(operator: AdminClient) -> None:
    entry = {
        "Source": "aws.guardduty",
        "DetailType": "GuardDuty Malware Protection Object Scan Result",
        "Detail": "{}",
    }
    refused = operator.client("events").put_events(Entries=[entry])
    assert refused["FailedEntryCount"] == 1


SENTENCE = b"A sentence that no scanner knew in May."


@pytest.fixture(scope="module")
def rescanner(own_stack: LocalStack) -> PolicyRole:
    """The policy of docs/policies."""
    policy = read_policy(ROOT / "docs" / "policies" / "rescan.json")
    return create_policy_role(own_stack, "rescanner", policy)


def test_a_scanner_that_learns_a_signature_makes_stored_malware_unreadable(
    own_stack: LocalStack,
    user: ApiClient,
    operator: AdminClient,
    bucket: Storage,
    rescanner: PolicyRole,
) -> None:
    started = datetime.now(UTC).isoformat()
    infected, deleted, clean = (
        user.upload(body, "a.txt", "text/plain", kind="upload")["id"]
        for body in (SENTENCE, b"Again: " + SENTENCE, b"A harmless sentence.")
    )
    signed_before = [user.get_download_url(each) for each in (infected, deleted)]
    assert {user.http.get(url).status_code for url in signed_before} == {200}
    assert user.request("DELETE", f"/documents/{deleted}").status_code == 204
    reserved = operator.get_usage(infected)["reserved_bytes"]
    rescan = ("rescan", "--since", started, "--kind", "upload", "--json", "--wait", "1")

    planned = json.loads(rescanner.command.run(*rescan, "--dry-run"))
    assert (planned["documents"], planned["bytes"]) == (3, 2 * len(SENTENCE) + 27)
    with learn_signature(own_stack, "Later.Worm", SENTENCE):
        finished = rescanner.command.start(*rescan, "--yes")
    assert finished.stdout, finished.stderr
    assert finished.returncode == 1
    result = json.loads(finished.stdout)
    assert result["outcomes"]["clean"] == 1
    assert sum(result["outcomes"].values()) == 3
    assert infected in [each["documentId"] for each in result["infected"]]

    document = user.get_document(infected)
    assert (document["status"], document["reason"]) == ("rejected", "malware_found")
    assert (scan_step(document)["status"], "Later.Worm" in scan_step(document)["detail"]) == (
        "rejected",
        True,
    )
    assert user.request("GET", f"/documents/{infected}/download").json()["code"] == "rejected"
    refused = user.request("POST", f"/documents/{deleted}/restore").json()["code"]
    assert refused in ("restore_expired", "document_not_found")  # before its purge begins, and after that
    for each in (infected, deleted):
        bucket.wait_until_empty(each, "documents/")
    if own_stack.edge is None:  # docs/edge.md: the edge serves what it has cached until the URL expires
        assert not {user.http.get(url).status_code for url in signed_before} & {200, 206}
    assert operator.get_usage(infected)["reserved_bytes"] == reserved - len(SENTENCE)
    assert [key for key in bucket.list_keys(infected) if key.startswith("quarantine/")]
    assert not [key for key in bucket.list_keys(deleted) if key.startswith("quarantine/")]
    assert user.http.get(user.get_download_url(clean)).content == b"A harmless sentence."

    again = json.loads(
        rescanner.command.run(*rescan, "--not-scanned-since", result["startedAt"], "--dry-run")
    )
    assert again["documents"] == 0


def test_a_rescan_without_a_verdict_says_so_and_changes_nothing(
    user: ApiClient, operator: AdminClient, deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    document = user.upload(b"A sentence without a verdict.", "a.txt", "text/plain", kind="reported")
    sent, queue = [a_stored_document_of(operator, document["id"])], deployment.output("ScanTasks")
    waiting, sqs = Wait(Records.of(deployment), timedelta(seconds=2)), deployment.client("sqs")
    with EventSources(operator.client("lambda")).pause("ScanTasks"):
        send_tasks(sqs, queue, deployment.bucket, sent)
        waiting.run(sent)
        sqs.purge_queue(QueueUrl=queue)
    assert waiting.outcomes == {"lost": 1}
    assert user.get_document(document["id"]) == document


def test_every_right_of_the_rescanner_is_needed(user: ApiClient, rescanner: PolicyRole) -> None:
    started = datetime.now(UTC).isoformat()
    user.upload(b"A short sentence.", "a.txt", "text/plain", kind="reported")
    rescan = ("rescan", "--since", started, "--kind", "reported", "--wait", "1")
    for sid in rescanner.list_sids():
        with rescanner.without(sid):
            assert rescanner.command.start(*rescan, "--yes").returncode == 1, sid
    assert "1  clean" in rescanner.command.run(*rescan, "--yes")


def test_every_permission_of_the_function_has_a_scenario(roles: Roles) -> None:
    of_scan = {permission for permission in PERMISSIONS if permission.function == SCAN}
    deployed = {each for each in roles.list_permissions() if each.function == SCAN}
    assert deployed == of_scan


def test_every_permission_that_the_pipeline_has_for_the_scanner_alone_has_a_scenario(
    roles: Roles,
) -> None:
    """Those for queues of steps, and for the quarantine, are of any step with a worker."""
    deployed = {each for each in roles.list_permissions() if each.function == PIPELINE}
    more = {each for each in deployed - set(SCENARIOS) if " of " not in each.resource}
    assert more == {each for each in PERMISSIONS if each.function == PIPELINE} | {WRITE_QUARANTINE}


@pytest.mark.parametrize("permission", sorted(PERMISSIONS), ids=" ".join)
def test_the_function_fails_without_a_permission_and_works_with_it(
    prove_need: ProveNeed, permission: Permission
) -> None:
    prove_need(permission, PERMISSIONS[permission])


@pytest.fixture(scope="module")
def analyst_role(own_stack: LocalStack) -> PolicyRole:
    """The policy of docs/policies with the names of this deployment."""
    path = ROOT / "docs" / "policies" / "quarantine.json"
    return create_policy_role(own_stack, "analyst", read_policy(path, BUCKET=own_stack.bucket))


@pytest.fixture(scope="module")
def analyst(analyst_role: PolicyRole) -> OperateCommand:
    return analyst_role.command


@pytest.fixture
def infected(user: ApiClient, operator: AdminClient) -> list[str]:
    """The arguments that select an infected file in quarantine."""
    document_id = send(user, EICAR, "text/plain")
    assert user.wait_until_processed(document_id)["reason"] == "malware_found"
    return ["--owner", operator.get_item(document_id)["pk"]["S"], "--document-id", document_id]


def test_an_analyst_sees_saves_and_deletes_infected_bytes(
    analyst: OperateCommand, bucket: Storage, infected: list[str], tmp_path: Path
) -> None:
    document_id, target = infected[3], tmp_path / "sample.zip"
    assert document_id in analyst.run("quarantine", "list")
    assert "EICAR-Test-File" in analyst.run("quarantine", "show", *infected)
    analyst.run("quarantine", "download", *infected, "--output", str(target))
    with pyzipper.AESZipFile(target) as archive:
        assert archive.read(f"{document_id}.bin", pwd=b"infected") == EICAR
    analyst.run("quarantine", "delete", *infected, "--yes")
    assert [key for key in bucket.list_keys(document_id) if key.startswith("quarantine/")] == []


def test_no_function_reads_infected_bytes_and_nobody_makes_a_url_of_them(
    own_stack: LocalStack,
    operator: AdminClient,
    bucket: Storage,
    roles: Roles,
    analyst_role: PolicyRole,
    infected: list[str],
) -> None:
    [kept] = [each for each in bucket.list_versions(infected[3]) if each["Key"].startswith("quarantine/")]
    target = {"Bucket": own_stack.bucket, "Key": kept["Key"], "VersionId": kept["VersionId"]}
    for function in operator.list_functions():
        s3 = roles.client(function, "s3")
        assert is_denied(partial(s3.get_object, **target)), function
        assert httpx.get(s3.generate_presigned_url("get_object", Params=target)).status_code == 403
    s3 = analyst_role.create_s3_client()
    assert s3.get_object(**target)["Body"].read() == EICAR
    assert httpx.get(s3.generate_presigned_url("get_object", Params=target)).status_code == 403


def test_every_right_of_the_analyst_is_needed(
    analyst_role: PolicyRole, analyst: OperateCommand, infected: list[str], tmp_path: Path
) -> None:
    commands = {
        "FindTheDeployment": ["list"],
        "FindTheFile": ["list"],
        "ReadTheRecord": ["show", *infected],
        "ReadTheFile": ["download", *infected, "--output", str(tmp_path / "sample.zip")],
        "DeleteTheFile": ["delete", *infected, "--yes"],
    }
    assert commands.keys() == set(analyst_role.list_sids())
    for sid, command in commands.items():
        with analyst_role.without(sid):
            assert analyst.start("quarantine", *command).returncode == 1, sid
        analyst.run("quarantine", *command)
