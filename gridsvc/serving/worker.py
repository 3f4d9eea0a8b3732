"""What each serving process runs."""

from __future__ import annotations

import signal

from flask import Flask

from gridsvc.database.freshness import follow
from gridsvc.parent import end_with
from gridsvc.settings import Settings
from web.app import create_app


def application(settings: Settings, parent: int) -> Flask:
    """Return the service for this process, which ends when its parent, `parent`, is killed: nobody else would stop it."""
    # Ctrl-C and the terminal's end are the parent's to answer, with SIGTERM: a worker of granian's may hang when both reach it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent's handler came along with the fork
    end_with(parent)
    app = create_app(settings)
    if settings.database_url:
        follow(settings.database_url)  # others may write from other machines
    return app
