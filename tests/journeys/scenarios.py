"""Scenarios: the work of each function, in the fewest steps. Each returns whether the work was done.

A scenario runs with the whole role of a function and with a permission less. So it must fail on its own and at once, and
leave nothing that affects a later scenario. Those of queues and of `large_copy` have modules of their own.
"""

import json
import time
from datetime import UTC, datetime

from functions.adapters.s3.inventory import S3BucketInventory
from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.keys import quarantine_key
from functions.domain.storage import ObjectVersion
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import start_upload
from tests.journeys.scenario_context import Scenario, ScenarioContext, is_allowed

_NO_ITEM = {"pk": {"S": "no-owner"}, "sk": {"S": "DIGEST#none"}}


def upload_a_file(context: ScenarioContext) -> bool:
    data = png()
    body = {"fileName": "a.png", "size": len(data), "contentType": "image/png"}
    created = context.ada.request("POST", "/documents", json=body)
    return created.status_code == 201 and context.ada.put(created.json()["upload"], data).status_code == 200


def list_parts(context: ScenarioContext) -> bool:
    return start_upload(context.ada, mp4(1000)).request_progress().status_code == 200


def abort_an_upload(context: ScenarioContext) -> bool:
    """The API does not report a failure, because a sweep aborts what is left. So S3 says whether it was aborted."""
    upload = start_upload(context.ada, mp4(1000))
    return upload.abort().status_code == 204 and not context.admin.list_open_uploads(upload.id)


def list_documents(context: ScenarioContext) -> bool:
    return context.ada.request("GET", "/documents").status_code == 200


def get_a_document(context: ScenarioContext) -> bool:
    created = context.ada.create(png(), "a.png", "image/png")["document"]
    return context.ada.request("GET", f"/documents/{created['id']}").status_code == 200


def download_a_document(context: ScenarioContext) -> bool:
    document_id = context.ada.upload(png(), "a.png", "image/png")["id"]
    return context.ada.http.get(context.ada.get_download_url(document_id)).status_code == 200


def download_a_rendition(context: ScenarioContext) -> bool:
    """Signs with the role's credentials, because no step of this deployment makes renditions."""
    key = "renditions/no-owner/no-document/step/one"
    put = context.s3.put_object(Bucket=context.bucket, Key=key, Body=b"x")
    target = {"Bucket": context.bucket, "Key": key, "VersionId": put["VersionId"]}
    url = context.roles.client("Documents", "s3").generate_presigned_url("get_object", Params=target)
    return context.ada.http.get(url).status_code == 200


def delete_a_document(context: ScenarioContext) -> bool:
    document_id = context.ada.upload(png(), "a.png", "image/png")["id"]
    return context.ada.request("DELETE", f"/documents/{document_id}").status_code == 204


def find_an_original(context: ScenarioContext) -> bool:
    """Calls DynamoDB with the role's credentials, because no kind of this deployment looks for duplicates."""
    table = context.roles.client("Uploads", "dynamodb")
    keys = {context.admin.stack.table: {"Keys": [_NO_ITEM]}}
    return is_allowed(lambda: table.batch_get_item(RequestItems=keys))


def release_a_digest(context: ScenarioContext) -> bool:
    """Does the same in a transaction, as the delete of an original does."""
    table = context.roles.client("Documents", "dynamodb")
    items = [{"Delete": {"TableName": context.admin.stack.table, "Key": _NO_ITEM}}]
    return is_allowed(lambda: table.transact_write_items(TransactItems=items))


def promote_a_file(context: ScenarioContext) -> bool:
    with context.stage_file() as staged:
        return context.deliver(staged) and context.is_ready(staged.document_id)


def count_an_upload_as_arrived(context: ScenarioContext) -> bool:
    """The file is promoted without the permission too, and its upload counts as open until the next recount."""
    with context.stage_file() as staged:
        before = context.admin.get_usage(staged.document_id)["open_uploads"]
        is_promoted = context.deliver(staged) and context.is_ready(staged.document_id)
        return is_promoted and context.admin.get_usage(staged.document_id)["open_uploads"] == before - 1


def promote_a_file_in_parts(context: ScenarioContext) -> bool:
    """The staged version is deleted at once, because no URL can write its key again."""
    with context.stage_file(in_parts=True) as staged:
        return context.deliver(staged) and context.is_ready(staged.document_id)


def accept_an_existing_copy(context: ScenarioContext) -> bool:
    """As after a crash between the copy and the update of the record."""
    with context.stage_file() as staged:
        context.copy(staged)
        return context.deliver(staged) and context.is_ready(staged.document_id)


def distinguish_missing_from_forbidden_bytes(context: ScenarioContext) -> bool:
    """Without the permission to list, S3 answers 403 for a version that does not exist."""
    with context.stage_file() as staged:
        context.s3.delete_object(Bucket=context.bucket, Key=staged.key, VersionId=staged.version)
        return context.deliver(staged)


def read_a_copy_back(context: ScenarioContext) -> bool:
    """Runs the adapter with the role's credentials, because the function reads back only copies without a checksum."""
    with context.stage_file() as staged:
        put = context.s3.put_object(Bucket=context.bucket, Key=staged.stored_key, Body=b"x")
        objects = S3ObjectStore(context.roles.client("Pipeline", "s3"), context.bucket)
        return is_allowed(lambda: objects.head(staged.stored_key, put["VersionId"]))


def sweep(context: ScenarioContext) -> bool:
    return context.sweep() is not None


def list_failed_documents(context: ScenarioContext) -> bool:
    return context.admin.invoke("Sweeps", {"listFailed": {"all": True}}) is not None


def expire_an_upload(context: ScenarioContext) -> bool:
    upload = start_upload(context.ada, mp4(1000))
    context.admin.make_due(upload.id)
    outcomes = context.sweep()
    context.never_due(upload.id)
    return outcomes == {"expired": 1, "staging_completed": 1} and not context.admin.list_open_uploads(
        upload.id
    )


def republish_a_lost_event(context: ScenarioContext) -> bool:
    with context.stage_file() as staged:
        context.admin.make_due(staged.document_id)
        outcomes = context.sweep()
        is_republished = outcomes == {"event_republished": 1, "staging_completed": 1}
        return is_republished and context.count_messages("ObjectCreated", "") == 1


def enqueue_a_purge(context: ScenarioContext) -> bool:
    document_id = context.ada.upload(png(), "a.png", "image/png")["id"]
    assert context.ada.request("DELETE", f"/documents/{document_id}").status_code == 204
    with context.event_sources.pause("PurgeTasks"):
        context.admin.make_due(document_id)
        outcomes = context.sweep()
        context.never_due(document_id)
        enqueued = context.count_messages("PurgeTasks", "")
        context.purge_queue("PurgeTasks")
    return outcomes == {"purge_enqueued": 1, "staging_completed": 1} and enqueued == 1


def delete_a_staged_version(context: ScenarioContext) -> bool:
    with context.stage_file() as staged:
        assert context.deliver(staged)
        context.admin.expire_urls(staged.document_id)
        context.sweep()
        listed = context.s3.list_object_versions(Bucket=context.bucket, Prefix=staged.key)
        return not listed.get("Versions")


def delete_an_orphaned_rendition(context: ScenarioContext) -> bool:
    """Runs the adapter with the role's credentials, because a sweep deletes only renditions that are an hour old."""
    key = "renditions/no-owner/no-document/step/one"
    put = context.s3.put_object(Bucket=context.bucket, Key=key, Body=b"x")
    inventory = S3BucketInventory(context.roles.client("Sweeps", "s3"), context.bucket)
    return is_allowed(lambda: inventory.delete([ObjectVersion(key, put["VersionId"], datetime.now(UTC))]))


def purge_a_document(context: ScenarioContext) -> bool:
    """Includes a late version and an open upload under each key of the document."""
    with context.stage_file(in_parts=True) as staged:
        assert context.deliver(staged)
        assert context.ada.request("DELETE", f"/documents/{staged.document_id}").status_code == 204
        for key in (staged.key, staged.stored_key, staged.rendition_key):
            context.s3.put_object(Bucket=context.bucket, Key=key, Body=b"late")
            context.s3.create_multipart_upload(Bucket=context.bucket, Key=key)
        context.admin.make_due(staged.document_id)
        task = json.dumps({"owner": staged.owner, "documentId": staged.document_id})
        return context.handle("Purge", "PurgeTasks", task)


def purge_infected_bytes(context: ScenarioContext) -> bool:
    with context.stage_file(in_parts=True) as staged:
        assert context.deliver(staged)
        assert context.ada.request("DELETE", f"/documents/{staged.document_id}").status_code == 204
        key = quarantine_key(staged.owner, staged.document_id)
        version = context.s3.put_object(Bucket=context.bucket, Key=key, Body=b"infected")["VersionId"]
        context.admin.update_item(staged.document_id, quarantined_version=version)
        context.admin.make_due(staged.document_id)
        task = json.dumps({"owner": staged.owner, "documentId": staged.document_id})
        return context.handle("Purge", "PurgeTasks", task)


def log_an_invocation(function: str) -> Scenario:
    """Returns a scenario in which the function writes to its log."""

    def scenario(context: ScenarioContext) -> bool:
        name = context.admin.function_name(function)
        config = context.admin.client("lambda").get_function_configuration(FunctionName=name)
        logs, group = context.admin.client("logs"), config["LoggingConfig"]["LogGroup"]

        start = int(time.time() * 1_000)
        context.admin.invoke(function)
        return bool(logs.filter_log_events(logGroupName=group, startTime=start)["events"])

    return scenario
