"""Mutants of the other adapters, S3 first."""

from tests.faults.mutants.mutant import Mutant

_COPY = ("adapters/s3/test_objects.py",)

MUTANTS = [
    Mutant(
        "a copy over what is there",
        "adapters/s3/objects.py",
        '(request, IfNoneMatch="*")',
        "(request)",
        _COPY,
    ),
    Mutant(
        "a copy of other bytes than were seen",
        "adapters/s3/objects.py",
        "            CopySourceIfMatch=request.source.etag,\n",
        "",
        _COPY,
    ),
    Mutant(
        "a copy of the latest version",
        "adapters/s3/objects.py",
        '                "VersionId": request.source.version,\n',
        "",
        _COPY,
    ),
    Mutant(
        "a completed object of any size",
        "adapters/s3/multipart.py",
        "            MpuObjectSize=size,\n",
        "",
        ("adapters/s3/test_multipart.py",),
    ),
    Mutant(
        "a copied part of other bytes than were seen",
        "adapters/s3/part_copy.py",
        "            CopySourceIfMatch=source.etag,\n",
        "",
        ("adapters/s3/test_part_copy.py",),
    ),
    Mutant(
        "a file of a report counts whatever its MD5",
        "adapters/s3/reports.py",
        '(head["ContentLength"], digest.hexdigest()) != (file.size, file.md5)',
        'head["ContentLength"] != file.size',
        ("adapters/s3/test_reports.py",),
    ),
    Mutant(
        "a worker downloads the latest version",
        "adapters/s3/step_objects.py",
        "Key=key, VersionId=version)",
        "Key=key)",
        ("contract/test_step_objects.py",),
    ),
]
