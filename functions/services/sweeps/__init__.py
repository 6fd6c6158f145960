"""Use cases of a sweep: what no event finishes. Abandoned uploads, lost events, crashed attempts, orphaned bytes.

On a consistent system a sweep changes nothing. Listings may lag, so every record is read before anything is done. Records
that are read in batches may be some seconds old, which is safe because a document at rest never needs more bytes later.
"""
