"""`gridsvc serve`: the database up, the service in front of it, and a line that says where to go."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

import click
import psycopg

from geodata.samples.scenarios import SCENARIOS
from gridsvc.cli.demo import examples
from gridsvc.cli.operator import as_operator
from gridsvc.database import cluster
from gridsvc.database.install import bring_up_to_date
from gridsvc.errors import Invalid
from gridsvc.operations import one_time_links
from gridsvc.serving import Listening, reserved, serve
from gridsvc.serving.authority import certificate, lan_addresses
from gridsvc.settings import Settings
from gridsvc.words import say
from web.maps.base_maps import offered


@click.command("serve", help="Serve pages and API until Ctrl-C.")
@click.option("--demo", is_flag=True, help="Load the demo first, where the database holds no jurisdiction yet.")
def command(*, demo: bool) -> None:
    """Serve; the database is brought to this version first when its owner's address is known."""
    settings = Settings.from_environment()
    where = listening(settings)
    offered(settings)  # a base map that is none is refused before anything starts
    with reserved(where), cluster.open(settings) as database:
        shutil.rmtree(settings.data_dir / "run" / "metrics", ignore_errors=True)  # what earlier processes counted
        bring_up_to_date(settings, database)
        if fresh := demo and _empty(database.url("app")):
            _load_demo()
        tokens = _links(settings, demo=demo)
        serve(settings, database, where, lambda: _announce(settings, where, tokens, remind=demo and not fresh))


def _links(settings: Settings, *, demo: bool) -> dict[str, str]:
    """Return the tokens of new one-time links by account: in a demo on a private cluster alone; a server of one's own keeps none."""
    if settings.database_url:
        if settings.owner_database_url:
            with as_operator(settings) as (session, operator):
                one_time_links.withdraw(session, operator)
        return {}
    if not demo:
        return {}
    with as_operator(settings) as (session, operator):
        return one_time_links.offer(session, operator)


def listening(settings: Settings) -> Listening:
    """Return address and certificate: `lan` is every address with https, made here unless files are given."""
    given = (settings.tls_cert, settings.tls_key)
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise Invalid("GRIDSVC_TLS_CERT and GRIDSVC_TLS_KEY belong together; only one of them is set.")
    for path in filter(None, given):
        if not os.access(path, os.R_OK):
            raise Invalid("The file {path} of GRIDSVC_TLS_CERT or GRIDSVC_TLS_KEY cannot be read.", path=path)
    if settings.host != "lan":
        return Listening(settings.host, settings.port, *given)
    pair = given if settings.tls_cert else certificate(settings.data_dir / "tls", lan_addresses())
    return Listening("0.0.0.0", settings.port, *pair)  # noqa: S104  # what HOST=lan asks for


def _empty(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM jurisdiction)").fetchone()
    return found == (False,)


def _load_demo() -> None:
    """Load it as anybody would; it prints how to sign in."""
    done = subprocess.run([sys.executable, "-m", "gridsvc", "demo"], check=False)
    if done.returncode:
        sys.exit(done.returncode)


def _announce(settings: Settings, where: Listening, tokens: Mapping[str, str], *, remind: bool) -> None:
    host = lan_addresses()[0] if settings.host == "lan" else where.address
    url = f"{'https' if where.certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{where.port}"
    click.echo(say("Serving on {url}. Ctrl-C stops.", settings.language, url=url))
    if tokens:
        click.echo(say("Each of these links signs in once, within 24 hours; the next start shows new ones:", settings.language))
        for name, token in tokens.items():
            click.echo(f"  {_title(name, settings.language)}  {url}/enter/{token}")
    if remind:
        told = "The password for signing in was shown at the first start; `bin/gridsvc users password leader` sets a new one for leader."
        click.echo(say(told, settings.language))
    if settings.host == "lan":
        import segno  # noqa: PLC0415  # only phones need it

        segno.make(url).terminal(compact=True)
        if settings.tls_cert is None:
            authority = settings.data_dir / "tls" / "authority.crt"
            click.echo(
                say("Phones trust it once {file} is installed on them; docs/operating.md says how.", settings.language, file=authority)
            )


def _title(name: str, language: str) -> str:
    """Return whose link it is: what an account of the demo is an example of, and its name."""
    known = {name: example for place in SCENARIOS.values() for name, example in examples(place).items()}
    example = known.get(name)
    return name if example is None else f"{example.title_zh if language == 'zh' else example.title_en} ({name})"
