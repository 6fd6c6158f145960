"""Mutants of the audit trail: its writer, its verification, and what gets into it."""

from tests.faults.mutants.mutant import Mutant

_VERIFICATION = ("domain/test_audit_verification.py",)
_WRITER = ("features/audit/test_writer.py",)
_RECORDS = ("features/audit/test_records.py",)
_REQUESTS = ("lambdas/test_audit.py",)
_STORES = ("contract/test_audit_trail.py",)
_MODULE = "domain/audit_verification.py"

MUTANTS = [
    Mutant(
        "an object that names another hash",
        _MODULE,
        "elif block.previous != self.last.sha256:",
        "elif False:",
        _VERIFICATION,
    ),
    Mutant(
        "a gap in the audit trail",
        _MODULE,
        "elif sequence != self.last.sequence + 1:",
        "elif False:",
        _VERIFICATION,
    ),
    Mutant(
        "an audit trail that begins late",
        _MODULE,
        "if kept_until is None or kept_until > self.now:",
        "if kept_until is None:",
        _VERIFICATION,
    ),
    Mutant(
        "a tail that is cut off",
        _MODULE,
        "elif head.sequence > self.last.sequence and not self._has_expired(head):",
        "elif False:",
        _VERIFICATION,
    ),
    Mutant(
        "a last object that was changed",
        _MODULE,
        "elif head.sequence == self.last.sequence and head.sha256 != self.last.sha256:",
        "elif False:",
        _VERIFICATION,
    ),
    Mutant(
        "a lost head of the audit trail",
        _MODULE,
        "if head.sequence == 0 and self.blocks:",
        "if False:",
        _VERIFICATION,
    ),
    Mutant("an object under another key", _MODULE, "if block.key != key:", "if False:", _VERIFICATION),
    Mutant(
        "a lock that can be lifted",
        _MODULE,
        "if stored.lock_mode != _COMPLIANCE or stored.locked_until is None:",
        "if stored.locked_until is None:",
        _VERIFICATION,
    ),
    Mutant(
        "a lock that ends early",
        _MODULE,
        "block.at + timedelta(days=block.retention_days) - _CLOCK_SKEW:",
        "block.at:",
        _VERIFICATION,
    ),
    Mutant("an object that was overwritten", _MODULE, "if count > 1:", "if count > 2:", _VERIFICATION),
    Mutant(
        "an object that is hidden before its lock ends",
        _MODULE,
        "if stored.is_hidden and",
        "if False and",
        _VERIFICATION,
    ),
    Mutant(
        "an object with a line too many",
        "domain/audit_trail.py",
        "if block.to_bytes() != body:",
        "if False:",
        (*_VERIFICATION, "domain/test_audit_record.py"),
    ),
    Mutant(
        "a chain that forks",
        "features/audit/writer.py",
        "head = self._find_head(chain, block.sequence)",
        "head = Head(block.sequence, head.sha256, head.at)",
        _WRITER,
    ),
    Mutant(
        "a head before its object",
        "features/audit/writer.py",
        "        for _ in range(_TRIES):\n            block = self._follow(chain, head, records)\n            body = block.to_bytes()\n",
        "        for _ in range(_TRIES):\n            block = self._follow(chain, head, records)\n            body = block.to_bytes()\n"
        "            self.heads.advance(chain, Head(block.sequence, hash_block(body), block.at))\n",
        _WRITER,
    ),
    Mutant(
        "an object that a lost response writes twice",
        "features/audit/writer.py",
        " or self.store.get(key)[0] == body",
        "",
        _WRITER,
    ),
    Mutant(
        "an overwritten object of the audit trail",
        "adapters/s3/trail.py",
        '                    IfNoneMatch="*",\n',
        "",
        _STORES,
    ),
    Mutant(
        "a head that goes back",
        "adapters/dynamodb/chain_heads.py",
        "attribute_not_exists(pk) OR #block < :block",
        "attribute_not_exists(pk) OR #block <> :block",
        _STORES,
    ),
    Mutant(
        "a function of the API that forges a change",
        "features/audit/records.py",
        "        if chain is Chain.CHANGES:\n",
        '        if "detail" in content:\n',
        _RECORDS,
    ),
    Mutant(
        "text of a caller in the audit trail",
        "http/audit.py",
        "return text if isinstance(text, str) and is_document_id(text) else None",
        "return str(text) if text else None",
        _REQUESTS,
    ),
    Mutant(
        "a whole address in the audit trail",
        "domain/audit_record.py",
        'f"{parsed}/{_NETWORK_BITS[parsed.version]}"',
        'f"{parsed}"',
        ("domain/test_audit_record.py",),
    ),
    Mutant(
        "a URL without its record",
        "http/function.py",
        "        except Unavailable as error:\n            return _serialize_problem(event, error, self.texts)\n        except Exception",
        "        except Unavailable:\n            return response\n        except Exception",
        _REQUESTS,
    ),
    Mutant(
        "a refused item of a batch without a record",
        "http/audit.py",
        "elif operation in _BATCHES:",
        "elif False:",
        _REQUESTS,
    ),
]
