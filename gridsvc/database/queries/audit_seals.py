"""Whether the trail is as it was sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from gridsvc.database.tables import AuditSeal
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, require

_ROWS = text("""
SELECT id, jsonb_build_array(
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), account_id, action, path::text, detail)::text AS said
FROM audit WHERE id > :after AND id <= :last ORDER BY id
""")
"""What of each row was sealed, put together by PostgreSQL's own functions alone."""


FIRST = -(2**63)
"""Before every number that a row could be given, by whatever means."""


@dataclass(slots=True)
class Verified:
    """What a look at the whole chain has found, by the numbers of rows and seals."""

    sealed: int = 0
    """How many rows were looked at."""
    unsealed: int = 0
    """How many rows came after the last seal."""
    changed: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    inserted: list[int] = field(default_factory=list)
    reordered: list[int] = field(default_factory=list)
    broken_seals: list[int] = field(default_factory=list)
    """Seals that do not fit what they hold, or the one before."""
    lost_heads: list[int] = field(default_factory=list)
    """Seals that the file knows and the database does not, or knows otherwise: the chain was cut off or written anew."""

    @property
    def whole(self) -> bool:
        """Say whether everything is as it was sealed."""
        return not (self.changed or self.removed or self.inserted or self.reordered or self.broken_seals or self.lost_heads)


def verify(session: Session, actor: Actor, heads: Path) -> Verified:
    """Compute the chain anew from the rows and compare it with the seals, and these with the file of heads."""
    require(actor, Action.READ_AUDIT, EVERYWHERE)
    found, digests, previous, after = Verified(), {}, b"", FIRST
    for seal in session.execute(select(AuditSeal.__table__).order_by(AuditSeal.id)):
        if not _fits(seal, previous):
            found.broken_seals.append(seal.id)
        found.sealed += len(seal.row_ids)
        _compare(seal, {row.id: _digest(row.said) for row in session.execute(_ROWS, {"after": after, "last": seal.last_id})}, found)
        digests[seal.id] = seal.digest
        previous, after = seal.digest, seal.last_id
    found.unsealed = session.scalar(text("SELECT count(*) FROM audit WHERE id > :after"), {"after": after}) or 0
    found.lost_heads = [number for number, digest in _kept(heads) if digests.get(number) != digest]
    return found


def _fits(seal: Row[Any], previous: bytes) -> bool:
    said = previous + ",".join(map(str, seal.row_ids)).encode() + seal.row_digests
    last = seal.row_ids[-1] if seal.row_ids else None
    return bool(seal.previous == previous and seal.last_id == last and seal.digest == _digest(said))


def _compare(seal: Row[Any], there: Mapping[int, bytes], found: Verified) -> None:
    """Sort what differs in one batch: a row that holds what another of the batch should hold was reordered, not changed."""
    was = {number: seal.row_digests[32 * k : 32 * k + 32] for k, number in enumerate(seal.row_ids)}
    differing = [number for number in was.keys() & there.keys() if was[number] != there[number]]
    elsewhere = {digest for number, digest in was.items() if there.get(number) != digest}
    found.reordered += sorted(number for number in differing if there[number] in elsewhere)
    found.changed += sorted(number for number in differing if there[number] not in elsewhere)
    found.removed += sorted(was.keys() - there.keys())
    found.inserted += sorted(there.keys() - was.keys())


def _kept(file: Path) -> Iterator[tuple[int, bytes]]:
    if file.exists():
        for line in file.read_bytes().splitlines():
            head = orjson.loads(line)
            yield head["seal"], bytes.fromhex(head["digest"])


def _digest(said: str | bytes) -> bytes:
    return hashlib.sha256(said.encode() if isinstance(said, str) else said).digest()
