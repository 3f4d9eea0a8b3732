"""What each serving process runs."""

from __future__ import annotations

import ctypes
import os
import signal

from flask import Flask

from gridsvc.settings import Settings
from web.app import create_app

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def application(settings: Settings, parent: int) -> Flask:
    """Return the service for this process, which ends when its parent, `parent`, is killed: nobody else would stop it."""
    # The parent's handlers came along with the fork; until granian sets the worker's, Ctrl-C is the parent's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit("the parent has died")
    return create_app(settings)
