"""How often one address may ask in a minute: counted by all serving processes together; more is 429 with Retry-After.

The counts lie in a file that every process maps; why not in a library: docs/decisions on rate limits.
"""

from __future__ import annotations

import mmap
import os
import time
from hashlib import blake2b
from pathlib import Path

from flask import Flask, request

from gridsvc.errors import TooMany

A_MINUTE: dict[str, int] = {"door": 60, "heavy": 60, "api": 3000}
"""Requests of one address by kind; an office shares an address. Signing in has a lock of its own beside it (operations.sign_ins)."""
DOOR = frozenset({"sign_in", "sign_in_step", "oidc_end", "account_change", "account_device", "user_change"})
"""Where passwords and codes are tried."""
HEAVY = frozenset({"api.locate_batch", "api.exports_download", "exchange_send", "plan_build", "trail_csv"})
"""What reads or writes whole tables."""

SLOTS = 1 << 16


class Counters:
    """Counts of this minute by key, in a file of 512 KiB; two keys that fall on one slot make each other forgotten.

    A slot is one number of 64 bits, written at once: 24 of the key, 24 of the minute, 16 of the count. Nothing is locked:
    what two processes count at the same instant may count once.
    """

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(opened, SLOTS * 8)
        self._slots = memoryview(mmap.mmap(opened, SLOTS * 8)).cast("Q")
        os.close(opened)

    def count(self, key: str, now_s: float) -> int:
        """Count one more, and return how many this is in its minute."""
        mark = int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
        head = (mark >> 40) << 40 | (int(now_s // 60) & 0xFFFFFF) << 16
        held = self._slots[mark % SLOTS]
        count = (held & 0xFFFF) + 1 if held >> 16 == head >> 16 else 1
        self._slots[mark % SLOTS] = head | min(count, 0xFFFF)
        return count


def limit_requests(app: Flask, file: Path) -> None:
    """Refuse what one address asks too often."""
    counters = Counters(file)

    @app.before_request
    def count() -> None:
        if (kind := _kind()) is None:
            return
        now_s = time.time()
        if counters.count(f"{kind} {request.remote_addr}", now_s) > A_MINUTE[kind]:
            raise TooMany("Too many requests from your address; try again in {seconds} seconds.", seconds=60 - int(now_s % 60))


def _kind() -> str | None:
    if request.endpoint in HEAVY:
        return "heavy"
    if request.path.startswith("/api/"):
        return "api"
    return "door" if request.endpoint in DOOR and (request.method == "POST" or request.endpoint == "oidc_end") else None
