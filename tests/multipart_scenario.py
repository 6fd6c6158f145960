"""A multipart upload on fakes: one document of 25 bytes, and the parts of it that are stored."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from functions.domain.document import Method
from functions.domain.errors import AirlockError
from functions.domain.keys import staging_key
from functions.services.multipart import Completion
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.interruptions import Interruption

STAGED = staging_key(OWNER, an_id())
BODIES = {1: b"a" * 10, 2: b"b" * 10, 3: b"c" * 5}
SHA256 = {1: "11" * 32, 2: "22" * 32}


class MultipartScenario(FakeDeployment):
    """One document of 25 bytes in parts of 10."""

    def start(self, **changes: Any) -> None:
        upload_id = self.s3.create(STAGED, "image/png", part_checksums=False)
        values = {"method": Method.MULTIPART, "size": 25, "part_size": 10, "upload_id": upload_id} | changes
        self.repository.create(a_document(**values), PLENTY, None, NOW)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.s3.put_part(STAGED, self.document.upload_id or "", number, BODIES[number])

    def complete(self, by: Interruption | None = None) -> Completion:
        return self.multipart_service(by).complete(OWNER, an_id(), crc64nvme=None, clock=self.clock)

    def presign(self, numbers: Sequence[int], checksums: Mapping[int, str] | None = None) -> Any:
        return self.multipart_service().presign(OWNER, an_id(), numbers, checksums or {}, self.clock())

    def bodies(self) -> list[bytes]:
        return [version.body for version in self.objects.keys.get(STAGED, {}).values()]


def catch(call: Callable[[], object], kind: type[AirlockError]) -> AirlockError:
    """Returns the error that the call must raise."""
    with pytest.raises(kind) as error:
        call()
    return error.value
