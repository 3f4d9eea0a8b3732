"""`gridsvc demo`: schemes, made-up places as files, and accounts to look at them with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.samples import SCHEMES, SYNTHETIC, scheme_text
from geodata.samples.scenarios import SCENARIOS, Scenario, city
from gridsvc.cli.operator import as_operator
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.tables import Account, Jurisdiction, Scheme
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor, Role
from gridsvc.domain.schemes import parse_scheme
from gridsvc.errors import Conflict
from gridsvc.operations import one_time_links
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from gridsvc.operations.imports import ImportRequest, run
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme
from gridsvc.operations.passwords import random_password
from gridsvc.operations.progress import listen
from gridsvc.settings import Settings
from gridsvc.words import say


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody to sign in as: who holds a post, first in the list, or an account with roles at a place."""

    title_zh: str
    title_en: str
    post: str | None = None
    roles: tuple[Role, ...] = ()
    where: str | None = None
    """As `gridsvc users` writes places; None: everywhere."""


ACCOUNTS = {
    "street": Example("街道网格长", "sub-district grid leader", "street_leader"),
    "leader": Example("社区网格长", "community grid leader", "community_leader"),
    "grid1": Example("网格长", "grid leader", "grid_leader"),
    "worker": Example("网格员", "grid worker", "grid_worker"),
    "head": Example("楼栋长", "building head", "building_leader"),
    "clerk": Example("数据管理员", "data clerk", roles=(Role.DATA_CLERK,), where="longze"),
    "planner": Example("规划员", "planner", roles=(Role.PLANNER,), where="longze"),
    "approver": Example("审批员", "approver", roles=(Role.APPROVER,), where="longze"),
    "street-office": Example("街道办", "street office", roles=(Role.STREET_OFFICE,), where="longze/370212002"),
    "party-office": Example("党建办", "party office", roles=(Role.PARTY_OFFICE,), where="longze"),
    "inspector": Example("督查员", "inspector", roles=(Role.INSPECTOR,), where="longze"),
    "system": Example("系统管理员", "system administrator", roles=(Role.SYSTEM_ADMIN,)),
    "security": Example("安全管理员", "security administrator", roles=(Role.SECURITY_ADMIN,)),
    "audit": Example("审计管理员", "audit administrator", roles=(Role.AUDIT_ADMIN,)),
}
"""Who can sign in to the demo of Longze."""
OFFICE = (Role.DATA_CLERK, Role.PLANNER, Role.APPROVER)
"""What the office of each other place may do."""


def examples(place: Scenario) -> dict[str, Example]:
    """Return who can sign in at a place by account: at Longze one of each kind, elsewhere a leader of each tier, and the office."""
    if place.slug == "longze":
        return ACCOUNTS
    tiers = parse_scheme(scheme_text(place.scheme), name=place.scheme).tiers if place.slug in SCENARIOS else ()
    leaders = {f"{place.slug}-{tier.key.replace('_', '-')}": Example(tier.name_zh, tier.name_en, tier.key) for tier in tiers}
    whole = {} if leaders else {place.slug: Example(place.name, place.name_en, roles=(Role.GRID_LEADER,), where=place.slug)}
    return {**whole, **leaders, f"{place.slug}-office": Example("数据、规划与审批", "office", roles=OFFICE, where=place.slug)}


LEAVES = {"town": 400, "city": 20_000}
"""How many micro-grids a size has."""


@click.command("demo")
@click.option("--scenario", type=click.Choice([*SCENARIOS, "all"]), help="Which place; without it Longze Shuyuan.")
@click.option("--size", type=click.Choice(list(LEAVES)), help="Instead: a city to measure with, or a town made like it.")
@click.option("--leaves", type=click.IntRange(min=40), help="With --size: how many micro-grids.")
def command(scenario: str | None, size: str | None, leaves: int | None) -> None:
    """Load a demo and print how to sign in; what it shows is made up and says so. Places that are loaded stay as they are."""
    settings = Settings.from_environment()
    asked = _asked(scenario, size, leaves)
    password, added = random_password(*(name for place in asked for name in examples(place))), []
    for place in asked:
        with as_operator(settings) as (session, operator):
            if _is_loaded(session, place):
                if scenario is size is None:
                    raise Conflict("The demo is loaded already.")
                click.echo(say("{name} is loaded already.", settings.language, name=place.name))
                continue
            if place.slug != "longze":
                listen(session, lambda template, values: click.echo(say(template, settings.language, **values), err=True))
            with tempfile.TemporaryDirectory() as folder:
                load(session, operator, place, Path(folder))
            added += list(add_accounts(session, operator, place, password))
    if added:
        told = "The demo is loaded. Sign in as {names}; the password, shown this once: {password}"
        click.echo(say(told, settings.language, names=", ".join(added), password=password))


def _asked(scenario: str | None, size: str | None, leaves: int | None) -> list[Scenario]:
    if size:
        return [city(leaves or LEAVES[size])]
    return list(SCENARIOS.values()) if scenario == "all" else [SCENARIOS[scenario or "longze"]]


def _is_loaded(session: Session, place: Scenario) -> bool:
    return session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == place.slug)) is not None


STORED = "EPSG:4490"
"""What all sample files are in; the tables among them cannot say it themselves."""
SINCE = {"units": SCENARIOS["longze"].since, **SCENARIOS["longze"].later}
"""From when on the files of Longze Shuyuan hold, by their names."""


def load_longze(session: Session, actor: Actor, folder: Path) -> None:
    """Write the files of Longze Shuyuan into a folder and bring them in like anybody's."""
    load(session, actor, SCENARIOS["longze"], folder)


def load(session: Session, actor: Actor, place: Scenario, folder: Path) -> None:
    """Write the files of a place into a folder and bring them in like anybody's, all or nothing."""
    known = set(session.scalars(select(Scheme.key)))
    for name in SCHEMES:
        if name not in known:
            add_scheme(session, actor, scheme_text(name), name=name)
    new = Jurisdiction(slug=place.slug, name=place.name, name_en=place.name_en, synthetic=True, attribution=SYNTHETIC)
    jurisdiction = add_jurisdiction(session, actor, new, scheme_key=place.scheme)
    for file in place.files(folder):
        request = ImportRequest(
            file.noun, file.path, jurisdiction.id, STORED, attribution=SYNTHETIC, effective_at=instant(file.since), commit=True
        )
        run(session, actor, request)


def add_accounts(session: Session, operator: Actor, place: Scenario, password: str) -> Iterator[str]:
    """Add who can sign in at a place, and yield their names."""
    known = set(session.scalars(select(Account.name)))
    for name, example in examples(place).items():
        if name in known:
            continue
        # Not handed out to anybody: whoever reads it has just made this installation, with made-up places alone.
        account_id = add_account(session, operator, name, password, handed_out=False)
        one_time_links.admit(session, operator, account_id)
        if example.post:
            session.execute(_HOLDER, {"account": account_id, "post": example.post, "slug": place.slug})
        for role in example.roles:
            grant_role(session, operator, GrantRole(name, role, path_of_place(session, example.where) if example.where else ""))
        yield name


_HOLDER = text("""
SELECT link_person(:account, (
  SELECT a.person_id FROM appointment a JOIN jurisdiction j ON j.id = a.jurisdiction_id
  WHERE j.slug = :slug AND a.post = :post AND upper_inf(a.valid) ORDER BY a.id LIMIT 1))
""")
