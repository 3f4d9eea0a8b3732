"""The real service of copies of made-up places: `python -m tests.browser.serve_copies PLACE=PORT ...` serves until killed.

Each has a planner and an approver. Beside Longze lies a city, small, as the generator draws the one that is measured; only there jobs
are done.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

from werkzeug.serving import run_simple

from geodata.samples.scenarios import city
from gridsvc.cli.demo import load
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.domain.permissions import Role
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from gridsvc.serving.jobs import Worker
from gridsvc.settings import Settings
from tests.presets import PASSWORD, Presets
from web.app import create_app

CITY = city(120)


def main(*asked: str) -> None:
    presets, fork = Presets(), get_context("fork")  # what is imported is there for all of them
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    served = []
    try:
        for place, _, port in (each.partition("=") for each in asked):
            served.append(fork.Process(target=serve, args=(place, presets.copy(place), int(port))))
            served[-1].start()
        for each in served:
            each.join()
    finally:
        for each in served:
            each.terminate()


def serve(place: str, settings: Settings, port: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with as_operator(settings) as (session, operator):
        places = [place]
        if place == "longze":
            with tempfile.TemporaryDirectory() as files:
                load(session, operator, CITY, Path(files))
            places.append(CITY.slug)
        for name, role in {"draws": Role.PLANNER, "decides": Role.APPROVER}.items():
            add_account(session, operator, name, PASSWORD, handed_out=False)
            for each in places:
                grant_role(session, operator, GrantRole(name, role, path_of_place(session, each)))
    worker = Worker(settings) if CITY.slug in places else None
    try:
        run_simple("127.0.0.1", port, create_app(settings), threaded=True)
    finally:
        if worker:
            worker.end(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
