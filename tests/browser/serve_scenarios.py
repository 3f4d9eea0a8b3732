"""The real service with Longze and Qingshui in full: `python -m tests.browser.serve_scenarios FOLDER PORT` serves until killed."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from werkzeug.serving import run_simple

from geodata.samples.scenarios import SCENARIOS
from gridsvc.cli.demo import add_accounts, load
from gridsvc.cli.operator import as_operator
from gridsvc.database import cluster
from gridsvc.database.install import install
from gridsvc.operations import one_time_links
from gridsvc.settings import Settings
from tests.browser.serve import PASSWORD
from web.app import create_app


def main(folder: Path, port: int) -> None:
    settings = Settings(data_dir=folder, port=port, rate_limits=False)
    with cluster.open(settings) as database:
        install(database.url("owner"))
        for slug in ("longze", "qingshui"):
            with as_operator(settings) as (session, operator), tempfile.TemporaryDirectory() as files:
                load(session, operator, SCENARIOS[slug], Path(files))
                list(add_accounts(session, operator, SCENARIOS[slug], PASSWORD))
        with as_operator(settings) as (session, operator):
            (folder.parent / "links.json").write_text(json.dumps(one_time_links.offer(session, operator)))
        run_simple("127.0.0.1", port, create_app(settings), threaded=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
