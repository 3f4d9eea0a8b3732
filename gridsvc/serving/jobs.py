"""The process that does jobs beside those that serve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gridsvc.settings import Settings


class Worker:
    """One `gridsvc work`; `look_after` replaces it when it has died."""

    def __init__(self, settings: Settings) -> None:
        """`settings` name the app's address alone: a worker neither looks after the cluster nor knows the owner."""
        self._environment = {name: value for name, value in os.environ.items() if name != "GRIDSVC_OWNER_DATABASE_URL"}
        self._environment |= {"GRIDSVC_DATABASE_URL": settings.database_url or "", "GRIDSVC_DATA_DIR": str(settings.data_dir)}
        self._process = self._start()

    def look_after(self) -> None:
        """Start another where this one has ended."""
        if self._process.poll() is not None:
            self._process = self._start()

    def end(self, patience_s: float) -> None:
        """Tell it to end, which puts its job back; kill it when it does not: then nothing of the job was done either."""
        self._process.terminate()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gridsvc", "work", "--parent", str(os.getpid())]
        # A session of its own: Ctrl-C is the parent's to answer.
        return subprocess.Popen(command, env=self._environment, cwd=Path(__file__).parents[2], start_new_session=True)  # noqa: S603  # ours
