"""The table of bad input: what may come, what is answered, and the test that holds it.

`where` is an operation, or whoever else is spoken to: a URL of S3, an event. Tests are named from this folder. `decided`
says why something is as it is where another answer would be as natural.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class BadInput:
    where: str
    what: str
    answer: str
    """A status and our code, or what S3 or the queue sees."""
    tests: tuple[str, ...] = ()
    decided: str = ""


def _row(where: str, what: str, answer: str, *tests: str, decided: str = "") -> BadInput:
    return BadInput(where, what, answer, tests, decided)


_TOKENS, _BODIES, _CREATE = (
    "lambdas/test_tokens.py",
    "lambdas/test_bad_bodies.py",
    "lambdas/test_create.py",
)
_IDEMPOTENCY, _QUOTAS, _LIST = (
    "lambdas/test_idempotency.py",
    "lambdas/test_quotas.py",
    "lambdas/test_list.py",
)
_PARTS, _COMPLETE, _ONE = "lambdas/test_parts.py", "lambdas/test_complete.py", "lambdas/test_one_file.py"
_DELETE, _SIGNED, _EVENTS = (
    "lambdas/test_delete.py",
    "lambdas/test_signed_requests.py",
    "lambdas/test_pipeline.py",
)
_IDENTITY = "journeys/test_identity.py"
_REFUSED_CREATE = f"{_CREATE}::test_what_cannot_be_uploaded_is_refused"
_ITS_OWN = 'An HTTP API answers this by itself and lets nobody shape it: `{"message": ...}`.'

ANY = (
    _row(
        "any operation", "no token", "401",
        f"{_IDENTITY}::test_no_token_and_no_jwt_are_refused_on_every_route", decided=_ITS_OWN,
    ),
    _row(
        "any operation", "a token that is expired, or of another issuer, audience or key", "401",
        f"{_IDENTITY}::test_a_token_that_is_not_for_here_and_now_is_refused",
        f"{_IDENTITY}::test_a_token_that_another_key_signed_is_refused",
        f"{_IDENTITY}::test_a_token_that_somebody_changed_is_refused", decided=_ITS_OWN,
    ),
    _row(
        "any operation", "a good token without the scope", "403",
        f"{_IDENTITY}::test_without_the_scope_no_route_answers", decided=_ITS_OWN,
    ),
    _row(
        "any operation", "an ID token where an access token is needed", "403 token_use_invalid",
        f"{_TOKENS}::test_an_id_token_is_refused_on_every_route",
    ),
    _row(
        "any operation", "a token without the claim that owns documents, or an empty one", "403 tenant_missing",
        f"{_TOKENS}::test_a_token_without_the_owners_claim_is_refused_on_every_route",
        f"{_TOKENS}::test_an_empty_claim_owns_nothing",
    ),
    _row(
        "any operation", "a body of more than 128 KiB", "413 payload_too_large",
        f"{_BODIES}::test_a_body_of_128_kib_is_read_and_one_byte_more_is_not",
        decided="Not 64 KiB: 1,000 part numbers with their checksums need more. Past 10 MB the gateway answers by itself.",
    ),
    _row(
        "any operation", "a path that nothing is at", "404 route_not_found",
        f"{_BODIES}::test_an_unknown_path_is_a_problem_too",
        decided="Routes are explicit, so it is the gateway's own 404 for all that it knows no route for.",
    ),
    _row(
        "any operation", "another method on a known path", "404 route_not_found",
        f"{_BODIES}::test_another_method_is_nothing_at_this_path",
        decided="Not 405: the gateway, which has only explicit routes, answers its own 404 before we are asked.",
    ),
    _row(
        "any operation", "an id that none can be: ../, %2e, capitals, other digits, a megabyte",
        "404 document_not_found or route_not_found",
        f"{_TOKENS}::test_an_id_that_no_document_can_have_is_not_found",
    ),
    _row(
        "any operation", "the id of another owner's document, or of none", "404 document_not_found",
        f"{_TOKENS}::test_the_document_of_another_owner_is_not_there",
        f"{_IDENTITY}::test_anothers_document_answers_as_one_that_never_was",
    ),
    _row(
        "any operation", "input that crashes the code", "500 internal_error",
        "lambdas/test_faults.py::test_a_crash_is_a_problem_that_tells_nothing",
        "lambdas/test_whole_api.py::test_no_case_has_an_answer_that_is_not_described",
        decided="There is none that we know of; if there is, it tells nothing of the inside.",
    ),
    _row(
        "any operation", "others who are always faster at the same document", "503 busy",
        "domain/test_repository.py::test_after_five_conflicts_the_document_is_busy",
    ),
    _row(
        "any operation", "more requests than the stage takes, or an answer that takes 30 s", "429 or 503",
        decided=f"{_ITS_OWN} The stage's limits are in the template.",
    ),
)  # fmt: skip

CREATE = (
    _row("create", "a brace, or more after the end", "400 malformed_json", f"{_BODIES}::test_what_is_not_json_is_malformed"),
    _row("create", "UTF-16, bytes that are no UTF-8, a byte order mark", "400 malformed_json",
         f"{_BODIES}::test_what_is_not_json_is_malformed"),
    _row("create", "a number of 5,000 digits", "400 malformed_json", f"{_BODIES}::test_what_is_not_json_is_malformed"),
    _row(
        "create", "100,000 nested arrays; nesting that one parser takes and another does not", "400 malformed_json",
        f"{_BODIES}::test_a_hundred_thousand_nested_arrays_are_no_json",
        f"{_BODIES}::test_nesting_that_one_parser_takes_and_another_does_not_is_malformed",
    ),
    _row("create", "a name twice in one object", "400 duplicate_key",
         f"{_BODIES}::test_a_name_may_not_stand_twice_at_any_level"),
    _row("create", "another content type than JSON", "415 unsupported_media_type",
         f"{_BODIES}::test_a_body_of_another_type_is_refused"),
    _row("create", "no body, null, a list, a text, a number", "422 validation_failed",
         f"{_BODIES}::test_a_body_that_is_no_object_is_not_valid"),
    _row("create", "an unknown field", "422 validation_failed", f"{_BODIES}::test_an_unknown_field_is_not_valid"),
    _row("create", "half a surrogate pair, anywhere", "422 validation_failed, filename_invalid or checksum_invalid",
         f"{_BODIES}::test_half_a_surrogate_pair_is_not_valid_anywhere"),
    _row("create", "size 0", "422 size_too_small", _REFUSED_CREATE),
    _row("create", "a size that is negative, a text, a fraction, true, NaN, 1e400", "422 validation_failed",
         f"{_BODIES}::test_a_size_that_is_no_whole_number_is_not_valid"),
    _row(
        "create", "a size above what the kind takes, or above what S3 takes", "413 file_too_large", _REFUSED_CREATE,
        decided="No kind may take more than S3 does, so a plan of parts that S3 could not hold is never reached.",
    ),
    _row("create", "one PUT or form of more than 5 GiB", "422 multipart_required", _REFUSED_CREATE),
    _row("create", "a file name that is empty, dots and spaces, or too long", "422 filename_invalid", _REFUSED_CREATE),
    _row("create", "a file name with CR, LF, NUL or half a pair", "422 filename_invalid", _REFUSED_CREATE,
         "domain/test_filename.py::test_a_name_with_a_control_character_or_half_a_surrogate_pair_is_refused"),
    _row(
        "create", "a file name with a path, a drive, an override of direction", "201",
        f"{_CREATE}::test_a_file_name_is_cleaned_and_never_part_of_a_key",
        decided="People do send these by accident; the name is cleaned, and no key ever holds it.",
    ),
    _row("create", "a content type that no kind, or not this kind, accepts", "415 content_type_not_allowed", _REFUSED_CREATE),
    _row("create", "a content type that is none", "422 validation_failed", _REFUSED_CREATE),
    _row("create", "a kind that is not there", "422 validation_failed", _REFUSED_CREATE),
    _row("create", "an extension that never goes with the content type", "422 extension_mismatch", _REFUSED_CREATE),
    _row("create", "a sha256 that is not 64 lower-case hex digits, or that S3 could not check", "422 checksum_invalid",
         _REFUSED_CREATE),
    _row("create", "an Idempotency-Key of 256 characters, empty, or not ASCII", "400 idempotency_key_invalid",
         f"{_IDEMPOTENCY}::test_a_key_that_is_no_visible_ascii_is_refused"),
    _row("create", "a key again, with another body", "422 idempotency_key_reused",
         f"{_IDEMPOTENCY}::test_the_same_key_with_another_body_is_refused"),
    _row(
        "create", "a key again, while the first is at work", "201, or 503 storage_unavailable for a moment",
        f"{_IDEMPOTENCY}::test_a_repeated_create_answers_with_the_same_document_and_a_url_that_works",
        "adapters/test_records_contract.py::test_an_idempotency_key_finds_the_document_it_was_first_used_for",
        decided="Not 409: key and record are one transaction, so there is no time in which a key is taken and has no document.",
    ),
    _row("create", "the same key of another user", "201, another document",
         f"{_IDEMPOTENCY}::test_the_same_key_of_another_owner_is_another_key"),
    _row("create", "more files or bytes than a day has", "429 daily_quota_exceeded, Retry-After until midnight UTC",
         f"{_QUOTAS}::test_a_daily_number_of_files_ends_at_midnight", f"{_QUOTAS}::test_a_daily_number_of_bytes_is_a_quota_too"),
    _row("create", "more bytes than may be stored", "409 storage_quota_exceeded",
         f"{_QUOTAS}::test_waiting_does_not_make_room_for_more_bytes_than_may_be_stored",
         decided="No Retry-After, for waiting does not help."),
    _row("create", "more uploads open than may be", "429 too_many_open_uploads, Retry-After",
         f"{_QUOTAS}::test_too_many_open_uploads_are_told_to_wait"),
    _row(
        "create", "parts so small that they would be more than 10,000", "201",
        "domain/test_parts.py::test_parts_have_the_default_size_and_grow_only_when_ten_thousand_are_not_enough",
        decided="The size of a part is the server's word, so no client can ask for such a plan.",
    ),
    _row("create", "anything else in any field", "as described",
         "lambdas/test_whole_api.py::test_no_value_of_any_field_of_a_create_has_one"),
)  # fmt: skip

PARTS = (
    _row("sign parts", "part 0, -1, 10001, or beyond the plan", "422 part_number_invalid",
         f"{_PARTS}::test_parts_outside_the_plan_are_refused"),
    _row(
        "sign parts", "more than 1,000 numbers, or 10,000 compact ones", "422 too_many_parts_requested",
        f"{_PARTS}::test_a_full_window_has_at_most_1000_parts", f"{_PARTS}::test_parts_outside_the_plan_are_refused",
        decided="Not 100: so many URLs still fit into an answer, and each window less is a round trip less.",
    ),
    _row("sign parts", "a number twice, none, or what is no whole number", "422 validation_failed",
         f"{_PARTS}::test_parts_outside_the_plan_are_refused"),
    _row("sign parts", "checksums that are missing, too many, or none", "422 checksum_invalid or validation_failed",
         f"{_PARTS}::test_promised_checksums_have_to_come_one_for_each_part",
         f"{_PARTS}::test_checksums_that_nobody_promised_are_refused"),
    _row("sign parts", "a document that comes in one request", "409 not_multipart", f"{_PARTS}::test_a_single_put_has_no_parts"),
    _row("sign parts", "after the deadline", "410 upload_expired", f"{_PARTS}::test_after_the_deadline_there_are_no_more_urls"),
    _row("sign parts", "a document that waits for no bytes any more", "409 invalid_state",
         f"{_PARTS}::test_after_an_abort_there_are_no_parts_and_no_upload",
         f"{_COMPLETE}::test_while_completing_there_is_nothing_to_abort_or_to_send"),
    _row("complete", "parts, ETags or anything else that a client says of them", "422 validation_failed",
         f"{_COMPLETE}::test_a_complete_with_anything_else_is_not_valid",
         decided="The parts are those that S3 lists, so no order, gap or ETag of a client's can be wrong."),
    _row("complete", "parts that S3 does not take as they are", "409 part_mismatch",
         "services/test_multipart_complete.py::test_parts_that_s3_rejects_can_be_uploaded_again",
         "journeys/test_complete.py::test_the_crc_of_the_whole_file_is_checked_by_s3"),
    _row("complete", "a part that is missing", "409 parts_incomplete",
         f"{_COMPLETE}::test_a_part_that_is_missing_can_be_sent_and_completed_then"),
    _row("complete", "a part of another size than planned, or one too many", "409 size_mismatch",
         f"{_COMPLETE}::test_parts_that_are_not_as_planned_make_no_object"),
    _row("complete", "one PUT of which nothing has arrived", "409 object_not_uploaded",
         f"{_COMPLETE}::test_a_single_put_completes_itself"),
    _row("complete", "again after success", "200 with the document, 202 before the event",
         f"{_COMPLETE}::test_a_repeat_after_the_event_gets_the_document",
         f"{_COMPLETE}::test_a_repeat_before_the_event_is_told_to_look_later"),
    _row("complete", "twice at the same time", "409 upload_in_progress for the loser",
         f"{_COMPLETE}::test_of_two_at_once_one_is_told_to_wait",
         "journeys/test_complete.py::test_of_two_at_once_one_completes_it_and_none_breaks_it"),
    _row("complete", "after an abort", "409 invalid_state", f"{_COMPLETE}::test_after_an_abort_nothing_is_completed"),
    _row("complete", "after the deadline", "410 upload_expired", f"{_COMPLETE}::test_after_the_deadline_it_is_too_late"),
    _row(
        "complete", "an S3 that is busy, broken, or answers 200 with an error", "503 storage_unavailable, nothing changed; or 202",
        "lambdas/test_faults.py::test_an_s3_that_cannot_be_reached_changes_nothing",
        "services/test_multipart_complete.py::test_nothing_changes_while_s3_cannot_list_the_parts",
        "services/test_multipart_complete.py::test_an_unknown_outcome_of_complete_is_not_done_yet",
        "adapters/test_s3_multipart.py::test_a_busy_s3_is_unavailable_for_a_moment",
        decided="Once S3 was told to complete, nobody knows whether it did: 202, and the event or the janitor tells.",
    ),
    _row("abort", "again", "204", f"{_ONE}::test_an_abort_gives_the_reservation_back_and_may_be_repeated"),
    _row("abort", "while it is completed, or later", "409 invalid_state", f"{_ONE}::test_what_is_ready_cannot_be_aborted",
         f"{_COMPLETE}::test_while_completing_there_is_nothing_to_abort_or_to_send"),
)  # fmt: skip

READING = (
    _row("delete", "again", "204", f"{_DELETE}::test_a_deleted_document_leaves_the_list_and_comes_back_with_a_restore"),
    _row("delete", "an upload under way", "409 invalid_state", f"{_DELETE}::test_an_upload_under_way_is_aborted_not_deleted",
         decided="Abort ends it. There is no legal hold yet; it will be another 409."),
    _row("restore", "what is not deleted, or never was", "409 invalid_state or 404 document_not_found",
         f"{_DELETE}::test_an_upload_under_way_is_aborted_not_deleted",
         f"{_DELETE}::test_what_is_not_there_is_neither_deleted_nor_restored"),
    _row("restore", "after its time", "410 restore_expired",
         f"{_DELETE}::test_after_the_window_every_byte_goes_and_then_the_charge"),
    _row("download", "what is pending or processing", "409 not_ready, Retry-After",
         f"{_ONE}::test_what_is_not_checked_yet_cannot_be_downloaded",
         "services/test_documents.py::test_only_a_ready_document_can_be_downloaded"),
    _row("download", "what was rejected", "409 rejected", f"{_ONE}::test_a_file_that_is_not_what_it_says_is_rejected_and_gone"),
    _row("download", "what was aborted, has expired or failed", "409 invalid_state",
         "services/test_documents.py::test_only_a_ready_document_can_be_downloaded"),
    _row("download", "what is deleted", "404 document_not_found",
         f"{_DELETE}::test_a_deleted_document_leaves_the_list_and_comes_back_with_a_restore"),
    _row(
        "download", "a ready document whose object somebody has removed", "200; S3's 404 for the URL, or 403",
        f"{_ONE}::test_what_somebody_has_removed_from_the_bucket_is_an_error_of_s3",
        decided="Not 500: no download pays for a look at S3 first. The role that signs cannot even list.",
    ),
    _row("download", "another disposition", "422 validation_failed", f"{_ONE}::test_an_unknown_disposition_is_not_valid"),
    _row("list", "a limit of 0, 101, abc, 5,000 digits", "422 validation_failed", f"{_LIST}::test_a_list_that_cannot_be_is_not_valid"),
    _row("list", "a status that is never shown", "422 validation_failed", f"{_LIST}::test_a_list_that_cannot_be_is_not_valid"),
    _row("list", "a parameter that is none, such as sort", "200",
         f"{_LIST}::test_a_parameter_that_is_none_is_ignored",
         decided="As servers do with what they do not know; there is one order."),
    _row("list", "a cursor that was changed, is another owner's, of another list, or none", "400 cursor_invalid",
         f"{_LIST}::test_a_tampered_cursor_is_refused", f"{_LIST}::test_what_never_was_a_cursor_is_refused",
         f"{_LIST}::test_a_cursor_of_another_owner_is_refused", f"{_LIST}::test_a_cursor_of_another_list_is_refused",
         decided="A cursor never expires: it is a place in a list, not a right."),
)  # fmt: skip

URLS = (
    _row("PUT to S3", "another length than declared", "403 SignatureDoesNotMatch",
         f"{_SIGNED}::test_another_length_than_declared_is_refused"),
    _row("PUT to S3", "a chunked stream, or no length", "501 or 411", "../tools/strict_s3/tests/test_bodies.py::test_a_chunked_body_is_refused",
         "../tools/strict_s3/tests/test_bodies.py::test_a_put_without_a_length_is_refused", decided="S3's own; our double of it is held to that."),
    _row("PUT to S3", "another content type; a header that was not signed", "403 SignatureDoesNotMatch or AccessDenied",
         f"{_SIGNED}::test_another_header_than_signed_is_refused"),
    _row("PUT to S3", "without the condition", "403 SignatureDoesNotMatch",
         f"{_SIGNED}::test_a_put_that_leaves_the_condition_out_is_refused"),
    _row("PUT to S3", "a second time", "412 PreconditionFailed", f"{_SIGNED}::test_a_second_put_to_the_same_url_is_refused"),
    _row("PUT to S3", "other bytes than the signed SHA-256", "400 BadDigest",
         f"{_SIGNED}::test_other_bytes_than_the_declared_sha256_are_refused"),
    _row("PUT to S3", "after its time", "403 AccessDenied", f"{_SIGNED}::test_an_upload_url_dies_with_its_lifetime"),
    _row("PUT to S3", "after the time of the credentials that signed it", "400 ExpiredToken",
         "adapters/test_credentials.py::test_a_signature_never_claims_to_outlive_credentials_that_know_their_end",
         decided="S3's own; `expiresAt` tells the earlier of both, so a client knows before."),
    _row("form to S3", "another size, field, key or type; after its time", "400 or 403",
         f"{_SIGNED}::test_a_form_takes_no_other_size_and_no_other_fields", f"{_SIGNED}::test_a_form_dies_with_its_lifetime"),
    _row("part to S3", "after complete or abort", "404 NoSuchUpload",
         f"{_COMPLETE}::test_a_part_that_comes_after_complete_is_refused_by_s3",
         f"{_PARTS}::test_after_an_abort_there_are_no_parts_and_no_upload"),
    _row("any URL of S3", "for another method, key, version or time", "403 SignatureDoesNotMatch",
         f"{_SIGNED}::test_a_tampered_upload_url_is_refused", f"{_SIGNED}::test_a_tampered_download_url_is_refused",
         f"{_SIGNED}::test_an_upload_url_reads_and_deletes_nothing", f"{_SIGNED}::test_a_download_url_writes_and_deletes_nothing"),
    _row("GET from S3", "after its time", "403 AccessDenied", f"{_SIGNED}::test_a_download_url_dies_with_its_lifetime"),
    _row("GET from S3", "a range beyond the end", "416", f"{_ONE}::test_a_download_by_range_gives_exactly_those_bytes"),
    _row("GET from S3", "a range that is none, or several", "200 with the whole, or S3's answer",
         "../tools/strict_s3/tests/test_responses.py::test_a_range_is_returned_and_an_invalid_one_ignored", decided="S3's own; clients have to take 200 for a range."),
)  # fmt: skip

EVENTS = (
    _row("S3's event", "its test event", "done", f"{_EVENTS}::test_the_test_event_of_s3_is_done"),
    _row("S3's event", "no JSON, no object, no Records", "comes again, then a dead letter",
         f"{_EVENTS}::test_a_message_that_is_no_notification_comes_again_until_it_is_a_dead_letter"),
    _row("S3's event", "a version of the schema that nobody knows", "processed", f"{_EVENTS}::test_the_version_of_the_schema_does_not_matter",
         decided="It is a hint, of which bucket, key and version are all that is used."),
    _row("S3's event", "another bucket", "done, not looked at", f"{_EVENTS}::test_another_bucket_is_done_and_not_looked_at"),
    _row("S3's event", "a key of documents/, or one that no record waits for", "done, not touched",
         f"{_EVENTS}::test_a_key_that_no_record_waits_for_is_done"),
    _row("S3's event", "a key with +, %2B, %25, or encoded in another way", "processed",
         f"{_EVENTS}::test_a_key_may_be_encoded_in_any_way", f"{_EVENTS}::test_a_key_that_no_record_waits_for_is_done",
         decided="Events come from S3 itself, form-encoded; EventBridge, which encodes nothing, is not on the path."),
    _row("S3's event", "no version, or null", "done, not touched, an error in the log",
         f"{_EVENTS}::test_an_object_without_a_version_is_not_touched"),
    _row("S3's event", "the same twice", "done", f"{_EVENTS}::test_the_same_event_twice_changes_nothing"),
    _row("S3's event", "a later version of the key, or an older one later", "done, that version is deleted",
         f"{_EVENTS}::test_a_version_that_comes_after_the_first_is_deleted",
         "pipeline/test_promotion_interrupted.py::test_of_two_concurrent_versions_one_is_promoted",
         decided="Versions are compared, not sequencers."),
    _row("S3's event", "of something removed, tagged or restored", "done", f"{_EVENTS}::test_events_that_create_nothing_are_done"),
    _row("S3's event", "another size or ETag than the object has", "the object's own count",
         f"{_EVENTS}::test_what_the_event_says_of_the_object_is_not_believed"),
    _row("S3's event", "an object that is gone", "done; the janitor decides", f"{_EVENTS}::test_an_object_that_is_gone_already_is_done"),
    _row("S3's event", "nine good messages and one that is not", "nine are done, one comes again",
         f"{_EVENTS}::test_nine_messages_are_done_and_the_poison_one_comes_again"),
    _row("S3's event", "anything else", "done, or comes again", "fuzz/test_targets.py::test_no_input_is_too_much"),
    _row("an arrived file", "of another type than declared", "rejected type_mismatch",
         f"{_ONE}::test_a_file_that_is_not_what_it_says_is_rejected_and_gone",
         "pipeline/test_inspection.py::test_bytes_of_another_type_are_a_mismatch",
         "detection/test_corpus.py::test_no_disguise_passes_for_what_it_was_declared"),
    _row("an arrived file", "HTML, SVG, XML or a script, in any encoding, behind any mark or comment", "rejected",
         "detection/test_corpus.py::test_no_disguise_passes_for_what_it_was_declared",
         "detection/test_detection.py::test_markup_is_named_behind_any_mark_and_blanks",
         decided="Markdown that opens with a tag is HTML to us too: better refuse it than guess. Behind a comment it is text."),
    _row("an arrived file", "that is cut short", "rejected, or what it is",
         "detection/test_corpus.py::test_what_is_cut_short_is_itself_or_nothing"),
    _row("an arrived file", "with a ZIP or a page behind what the head shows", "ready, served as what the head shows",
         "detection/test_corpus.py::test_a_zip_behind_a_picture_is_served_as_the_picture",
         "detection/test_corpus.py::test_a_page_behind_the_head_of_a_picture_is_served_as_the_picture",
         "signing/test_presigning.py::test_no_active_format_that_can_be_detected_is_ever_shown_in_place",
         decided="Nobody can see all of it from its first bytes; that the type is signed is what keeps it harmless."),
    _row("an arrived file", "that is two things at once", "rejected suspicious_content",
         "detection/test_detection.py::test_a_signature_with_something_else_behind_it_is_suspicious",
         "pipeline/test_inspection.py::test_bytes_of_two_formats_are_suspicious_whatever_was_declared"),
    _row("an arrived file", "of another size than declared", "rejected",
         "pipeline/test_promotion.py::test_bytes_of_another_size_are_rejected"),
    _row("a scanner's verdict", "any", "none yet", decided="There is no scanner yet; what is unknown will not be clean."),
)  # fmt: skip

TABLE = (*ANY, *CREATE, *PARTS, *READING, *URLS, *EVENTS)
