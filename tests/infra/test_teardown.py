"""The text that `make destroy` prints before it deletes a stack."""

from infra.teardown import describe


def test_a_stage_with_data_leaves_what_holds_data() -> None:
    text = describe({"stage": "prod", "kms": "true"})
    assert text.startswith(
        "The stack Airlock-prod is deleted. These resources stay in the account, and are billed:\n"
    )
    for line in (
        "1 x bucket with all files",
        "1 x table of all records; it is protected",
        "1 x user pool; it is protected",
        "1 x KMS key; what it encrypted is lost",
        "7 x log group",
    ):
        assert f"\n  {line}" in text


def test_the_bucket_of_the_audit_trail_stays_on_every_stage_and_nobody_can_empty_it() -> None:
    text = describe({"stage": "dev-kim", "audit": "true"})
    assert "\n  1 x bucket of the audit trail; nobody can delete its objects before their locks end" in text
    assert "bucket with all files" not in text


def test_an_ephemeral_stage_leaves_nothing() -> None:
    text = describe({"stage": "dev-kim"})
    assert text.startswith("Nothing stays: the stage dev-kim is ephemeral. Empty its bucket first")
