"""Functions that create an upload the usual ways, written as in the documentation of their libraries.

Each validates a request, makes one conditional PutItem and presigns one PUT. None has quotas, idempotency or problem
documents.
"""
