"""The real service for browser tests: `python -m tests.browser.serve FOLDER PORT` lays six jurisdictions and serves until killed."""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from pathlib import Path

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import run_simple

from geodata.records import Table
from geodata.samples import SCHEMES, scheme_text
from gridsvc.cli.demo import load_longze
from gridsvc.cli.operator import as_operator
from gridsvc.database import cluster
from gridsvc.database.install import install
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor, Role
from gridsvc.domain.plans import PlanUnit
from gridsvc.domain.proposals import ImportFile
from gridsvc.operations import plans
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme
from gridsvc.operations.units import import_units
from gridsvc.serving.jobs import Worker
from gridsvc.settings import Settings
from tests import builders, neighbourhood
from tests.grids import draw
from web.app import create_app

PASSWORD = neighbourhood.PASSWORD
MARKUP, TEMPLATE = "<img src=x onerror=alert(1)>", "{{ 7 * 7 }} {% raw %}"
NAMES = {"A": MARKUP, "B": TEMPLATE, "C": "第三街道", "D": "一个名字很长很长很长很长很长很长的街道办事处辖区"}


def main(folder: Path, port: int) -> None:
    settings = Settings(data_dir=folder, port=port, rate_limits=False)
    with cluster.open(settings) as database:
        install(database.url("owner"))
        with as_operator(settings) as (session, operator), tempfile.TemporaryDirectory() as files:
            for name in SCHEMES:
                add_scheme(session, operator, scheme_text(name), name=name)
            load_longze(session, operator, Path(files))
            lay_hostile(session, operator)
            lay_plan(session, operator)
            lay_grids(session, operator)
            neighbourhood.lay(session, operator)
            add_jurisdiction(session, operator, Jurisdiction(slug="empty", name="榆次区", name_en="Yuci"), scheme_key="yuci")
            add_account(session, operator, "leader", PASSWORD, handed_out=False)
            grant_role(session, operator, GrantRole("leader", Role.GRID_LEADER, path_of_place(session, "longze/370212002040")))
            add_account(session, operator, "planner", PASSWORD, handed_out=False)
            for place in ("planned", "redrawn", "longze"):
                grant_role(session, operator, GrantRole("planner", Role.PLANNER, path_of_place(session, place)))
            add_account(session, operator, "approver", PASSWORD, handed_out=False)
            grant_role(session, operator, GrantRole("approver", Role.APPROVER, path_of_place(session, "redrawn")))
            for name in ("security", "security-phone"):  # each comes in for the first time, once
                add_account(session, operator, name, PASSWORD)
                grant_role(session, operator, GrantRole(name, Role.SECURITY_ADMIN))
            add_account(session, operator, "clerk", PASSWORD, handed_out=False)
            grant_role(session, operator, GrantRole("clerk", Role.DATA_CLERK, path_of_place(session, "longze")))
        worker = Worker(dataclasses.replace(settings, database_url=database.url("app")))
        run_simple("127.0.0.1", port, create_app(settings), threaded=True)
        worker.end(1)


def lay_hostile(session: Session, operator: Actor) -> None:
    """Names that would run in a page or be evaluated by a template; two editions: in 2025 the third street took the fourth's west."""
    new = Jurisdiction(slug="hostile", name=MARKUP, name_en=MARKUP, attribution=MARKUP)
    place = add_jurisdiction(session, operator, new, scheme_key="longze")
    for since, rows in {"2020-01-01": ("A A B B", "C C D D"), "2025-01-01": ("A A B B", "C C C D")}.items():
        ground = draw(*rows)
        attributes: list[dict[str, object]] = [
            {"level": "街道", "name": NAMES[letter], "code": f"37021200{ord(letter) - 64}"} for letter in ground
        ]
        geometry = np.array(list(ground.values()), dtype=object)
        table = Table("streets.geojson", "EPSG:4490", range(1, len(attributes) + 1), attributes, geometry)
        import_units(session, operator, ImportFile(place.id, table, instant(since), commit=True), accept_loss=True)


def lay_plan(session: Session, operator: Actor) -> None:
    """A community of four houses in a row, and a plan of two grids in it, two houses each."""
    place = builders.jurisdiction(session, operator, "planned")
    builders.units(session, operator, place, draw("晨 晨 晨 晨"))
    houses = {name: ground.centroid.buffer(0.0002, 1) for name, ground in draw("1号楼 2号楼 3号楼 4号楼").items()}
    builders.buildings(session, operator, place, houses, households=40)
    plan = plans.begin(session, operator, place, "晨光方案")
    named = text("""
        SELECT array_agg(v.building_id) FROM building_version v JOIN building b ON b.id = v.building_id
        WHERE b.jurisdiction_id = :id AND v.name = ANY(:names)
    """)
    holds = {"西片": ["1号楼", "2号楼"], "东片": ["3号楼", "4号楼"]}
    grids = [
        PlanUnit(name, 2, name, "晨", ground=ground, buildings=tuple(session.scalars(named, {"id": place, "names": holds[name]}).one()))
        for name, ground in draw("西片 西片 东片 东片").items()
    ]
    plans.add_tree(session, operator, plan, None, [PlanUnit("晨", 1, "晨光社区"), *grids])


def lay_grids(session: Session, operator: Actor) -> None:
    """A community of two grids with two houses each, to be redrawn and published."""
    place = builders.jurisdiction(session, operator, "redrawn")
    builders.units(session, operator, place, draw("暮 暮 暮 暮"))
    builders.units(session, operator, place, draw("西格 西格 东格 东格"), 2)
    houses = {name: ground.centroid.buffer(0.0002, 1) for name, ground in draw("1号楼 2号楼 3号楼 4号楼").items()}
    builders.buildings(session, operator, place, houses, households=40)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
