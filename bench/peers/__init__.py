"""The usual ways to write such a function, each as its library's own documentation writes it. Every one creates an upload:
a validated request, one conditional PutItem, one presigned PUT. None has quotas, idempotency or a problem document.
"""
