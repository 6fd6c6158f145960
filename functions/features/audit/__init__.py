"""The audit trail: a subscriber of the event bus, and of what the functions of the API report."""
