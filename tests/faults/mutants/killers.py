"""Tests that kill mutants of several subjects, as paths below `tests`."""

STATES = (
    "domain/test_guards.py",
    "domain/test_effects.py",
    "domain/test_states.py",
    "domain/test_states_processing.py",
    "domain/test_states_upload.py",
    "domain/test_states_deletion.py",
    "domain/test_states_failed.py",
)
COPIES = ("services/test_copies_of_failed_documents.py",)
DUPLICATES = (
    "contract/test_duplicates.py",
    "domain/test_states_duplicates.py",
    "services/test_duplicates.py",
)
REVIEW = ("services/test_review.py", "contract/test_waiting_documents.py")
SCAN = ("features/scan/test_guardduty.py", "features/scan/test_step.py")
QUARANTINE = ("features/scan/test_quarantine.py",)
RESCAN = ("features/scan/test_rescan.py", "domain/test_states_rescan.py")
CREATE_RATE = (
    "domain/test_rate.py",
    "contract/test_create_rate.py",
    "adapters/dynamodb/test_create_rate.py",
)
DEADLINES = ("domain/test_deadlines.py", "services/test_deadlines.py")
TABLE_DEFINITION = ("features/table/test_definition.py",)
