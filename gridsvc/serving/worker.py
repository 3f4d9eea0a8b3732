"""What each serving process runs."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import TYPE_CHECKING

from gridsvc.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def application(settings: Settings, parent: int) -> Flask:
    """Return the service for this process, which ends when its parent, `parent`, is killed: nobody else would stop it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit("the parent has died")
    from web.app import create_app  # noqa: PLC0415  # only workers load the pages

    return create_app(settings)
