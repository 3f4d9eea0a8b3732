"""The real service of made-up places of this run: `python -m tests.browser.serve_scenarios LINKS SLUG=PORT ...` serves until killed.

LINKS is a folder; the tokens of the one-time links of each place are written there before it answers.
"""

from __future__ import annotations

import json
import signal
import sys
from multiprocessing import get_context
from pathlib import Path

from werkzeug.serving import run_simple

from gridsvc.cli.operator import as_operator
from gridsvc.operations import one_time_links
from gridsvc.settings import Settings
from tests.presets import Presets
from web.app import create_app


def main(links: Path, *asked: str) -> None:
    presets, fork = Presets(), get_context("fork")  # what is imported is there for all of them
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    served = []
    for slug, _, port in (each.partition("=") for each in asked):
        served.append(fork.Process(target=serve, args=(presets[slug], links / slug, int(port)), daemon=True))
        served[-1].start()
    for each in served:
        each.join()


def serve(settings: Settings, links: Path, port: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with as_operator(settings) as (session, operator):
        links.write_text(json.dumps(one_time_links.offer(session, operator)))
    run_simple("127.0.0.1", port, create_app(settings), threaded=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
