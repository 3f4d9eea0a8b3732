"""A process that serves another ends with it: nobody else would stop it."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def end_with(parent: int) -> None:
    """Have this process told to end when `parent`, the process that started it, dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit("the parent has died")


def orphaned(parent: int | None) -> bool:
    """Say whether that parent is gone: what the signal raises may be lost where another error takes its place."""
    return parent is not None and os.getppid() != parent
