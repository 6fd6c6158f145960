"""Infected bytes in quarantine as an operator reads them: versions of one document, and a safe file of them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyzipper

from functions.domain.keys import QUARANTINE, DocumentKey, parse_quarantine_key, quarantine_key
from operate.aws_calls import translate_errors
from operate.errors import OperateError
from operate.stored import StoredObjects, StoredVersion

PASSWORD = b"infected"
"""The password that malware analysts customarily use. It keeps programs from opening the file, and is no secret."""

_CHUNK = 1 << 20


def list_infected(objects: StoredObjects) -> Iterator[tuple[DocumentKey, StoredVersion]]:
    """Yields every version in quarantine with its document, and no delete marker. IAM action: s3:ListBucketVersions."""
    for version in objects.list_versions([QUARANTINE]):
        document = parse_quarantine_key(version.key)
        if document is not None and version.size is not None:
            yield document, version


def find_infected(objects: StoredObjects, owner: str, document_id: str) -> list[StoredVersion]:
    """Returns the versions of one document, newest first, then its delete markers. Raises OperateError if there is none."""
    key = quarantine_key(owner, document_id)
    found = [each for each in objects.list_versions([key]) if each.key == key]
    if not found:
        raise OperateError("nothing of this document is in quarantine")
    return found


def save_infected(objects: StoredObjects, version: StoredVersion, path: Path) -> None:
    """Writes a new ZIP that only the caller may read. Raises OperateError. IAM action: s3:GetObjectVersion.

    The request has a signed header, because the bucket denies every presigned read of the quarantine.
    """
    with translate_errors():
        body = objects.client.get_object(
            Bucket=objects.bucket, Key=version.key, VersionId=version.version_id
        )["Body"]
        name = f"{version.key.rpartition('/')[2]}.bin"
        try:
            _write_zip(path, name, body.iter_chunks(_CHUNK))
        except OSError as error:
            raise OperateError(f"{path} cannot be written: {error.strerror}") from error


def _write_zip(path: Path, name: str, chunks: Iterable[bytes]) -> None:
    """Encrypts while it reads, so that no plain copy reaches the disk. A fault leaves no file."""
    target = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        with target, _open_archive(target) as archive, archive.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
    except BaseException:
        path.unlink()
        raise


def _open_archive(target: Any) -> Any:
    archive = pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES)
    archive.setpassword(PASSWORD)
    return archive
