"""A small world to upload in parts in: one document of 25 bytes, and the parts of it that S3 holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.domain.document import Document, Method
from functions.domain.errors import AirlockError
from functions.domain.events import Event, Transition
from functions.domain.keys import staging_key
from functions.domain.repository import DocumentRepository
from functions.domain.states import decide
from functions.domain.storage import MultipartStore
from functions.services.multipart import Completion, MultipartService
from tests.examples import NOW, OWNER, PLENTY, SIGNER, Clock, a_document, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryDocuments
from tests.interruption import Interruption, interrupted

STAGED = staging_key(OWNER, an_id())
BODIES = {1: b"a" * 10, 2: b"b" * 10, 3: b"c" * 5}
SHA256 = {1: "11" * 32, 2: "22" * 32}


@dataclass
class MultipartScenario:
    """One document of 25 bytes in parts of 10."""

    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    s3: InMemoryMultipartStore = field(default_factory=InMemoryMultipartStore)
    clock: Clock = field(default_factory=Clock)
    upload_lifetime: int = 86_400

    def uploads(self, by: Interruption | None = None) -> MultipartService:
        repository: DocumentRepository = self.repository
        s3: MultipartStore = self.s3
        if by is not None:
            repository, s3 = interrupted(repository, by), interrupted(s3, by)
        return MultipartService(
            repository=repository,
            signer=lambda: SIGNER,
            multipart=lambda: s3,
            url_lifetime=900,
            upload_lifetime=self.upload_lifetime,
        )

    def begin(self, **changes: Any) -> None:
        upload_id = self.s3.create(STAGED, "image/png", part_checksums=False)
        values = {"method": Method.MULTIPART, "size": 25, "part_size": 10, "upload_id": upload_id} | changes
        self.repository.create(a_document(**values), PLENTY, None, NOW)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.s3.put_part(STAGED, self.document.upload_id or "", number, BODIES[number])

    def complete(self, by: Interruption | None = None) -> Completion:
        return self.uploads(by).complete(OWNER, an_id(), crc64nvme=None, clock=self.clock)

    def sign(self, numbers: Sequence[int], checksums: Mapping[int, str] | None = None) -> Any:
        return self.uploads().presign(OWNER, an_id(), numbers, checksums or {}, self.clock())

    def see(self, event: Event) -> None:
        decision = decide(self.document, event, self.clock())
        assert isinstance(decision, Transition)
        self.repository.apply(decision)

    @property
    def document(self) -> Document:
        document = self.repository.get(OWNER, an_id())
        assert document is not None
        return document

    def bodies(self) -> list[bytes]:
        return [held.body for held in self.s3.objects.keys.get(STAGED, {}).values()]


def refused(call: Callable[[], object], kind: type[AirlockError]) -> AirlockError:
    with pytest.raises(kind) as error:
        call()
    return error.value
