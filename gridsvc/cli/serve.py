"""`gridsvc serve`: the database up, the service in front of it, and a line that says where to go."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import click
import psycopg

from gridsvc.database import cluster
from gridsvc.database.install import bring_up_to_date
from gridsvc.errors import Invalid
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
        serve(settings, database, where, lambda: _announce(settings, where, remind=demo and not fresh))


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


def _announce(settings: Settings, where: Listening, *, remind: bool) -> None:
    host = lan_addresses()[0] if settings.host == "lan" else where.address
    url = f"{'https' if where.certificate else 'http'}://{f'[{host}]' if ':' in host else host}:{where.port}"
    click.echo(say("Serving on {url}. Ctrl-C stops.", settings.language, url=url))
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
