"""The command line: its commands, and how an error leaves it."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module

import click

from geodata.findings import GeodataError
from gridsvc import errors

COMMANDS = {
    "serve": "Serve pages and API until Ctrl-C.",
    "work": "Do the jobs that wait, and those to come.",
    "demo": "Load the demo: Longze Shuyuan, synthetic, and print how to sign in.",
    "database": "Install, back up, restore and check the database.",
    "schemes": "List and check schemes: levels, tiers, codes and thresholds.",
    "import": "Import units, buildings, streets, stations, parking and more from a file.",
    "export": "Write what stands here to a file.",
    "build": "Build grids: around the buildings of a ledger, or from streets, buildings and households.",
    "redraw": "List plans, show one, publish it or put it aside.",
    "assign": "Place all that stands in the grid anew, and pin exceptions.",
    "locate": "Say whose ground a point is, or every point of a CSV file.",
    "stations": "List the nearest stations, or all of a jurisdiction.",
    "parking": "List and count parking lots and spaces.",
    "fire-lanes": "List fire lanes.",
    "people": "List people, give and end posts, renew notices, share out households, answer requests.",
    "organisations": "List organisations, and say what the rules find about them and their posts.",
    "reports": "Freeze reports of units, show them, and write them as workbooks.",
    "users": "Add accounts, give and end roles, change passwords, shut accounts.",
    "audit": "List who did what where, newest first; seal it, and check that it is as it was sealed.",
    "keys": "Change the keys of encrypted fields.",
    "check": "Check that the ground tiles, that all stands in a unit, and what the rules find.",
}
"""Name and help of each command; `x-y` lives in gridsvc/cli/x_y.py as `command`, and is imported when it is called."""

EXIT_CODES: dict[type[errors.GridError], int] = {
    errors.Invalid: 3,
    errors.NotSignedIn: 4,
    errors.NotAllowed: 5,
    errors.NotFound: 6,
    errors.Conflict: 7,
    errors.Stale: 8,
    errors.MissingPrecondition: 9,
    errors.TooLarge: 10,
    errors.TooMany: 11,
    errors.Busy: 12,
}
"""1 is everything unforeseen, 2 a wrong command line."""


class Commands(click.Group):
    """The commands by name, none imported before it is called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return all names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Return the command of this name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = import_module(f"gridsvc.cli.{'import_' if module == 'import' else module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """Write the list of commands from COMMANDS, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="gridsvc")
def gridsvc() -> None:
    """Grid management on PostGIS and Folium. Settings come from the environment (GRIDSVC_...); see docs/operating.md."""


def leave_when_told() -> None:
    """Have SIGTERM end this process, through its context managers."""
    for each in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(each, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.unraisablehook = _leave_again


def _leave_again(ignored: sys.UnraisableHookArgs) -> None:
    """Leave a moment later where the signal came during a weak reference's callback or a `__del__`, whose exceptions Python drops."""
    if ignored.exc_type is SystemExit:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    else:
        sys.__unraisablehook__(ignored)


def main() -> None:
    """Run the command line; an error a person may see is one sentence and an exit code."""
    leave_when_told()
    try:
        gridsvc()
    except (errors.GridError, GeodataError) as error:
        click.echo(sentence(error), err=True)
        sys.exit(EXIT_CODES.get(errors.Invalid if isinstance(error, GeodataError) else type(error), 1))
    except Exception as error:
        if not _is_lost_connection(error):
            raise
        if _is_locked(error):
            busy = errors.Busy("Somebody else is writing the same at this moment; try again when that is done.")
            click.echo(sentence(busy), err=True)
            sys.exit(EXIT_CODES[errors.Busy])
        lost = errors.Conflict("The database does not answer: {reason}", reason=str(error).strip().splitlines()[0])
        click.echo(sentence(lost), err=True)
        sys.exit(EXIT_CODES[errors.Conflict])


def sentence(error: errors.GridError | GeodataError) -> str:
    """Return the error in the language of GRIDSVC_LANGUAGE; in both where nobody has chosen."""
    from gridsvc.words import LANGUAGES, say  # noqa: PLC0415  # help needs no words

    chosen = os.environ.get("GRIDSVC_LANGUAGE")
    languages = (chosen,) if chosen in LANGUAGES else LANGUAGES
    return "\n".join(dict.fromkeys(say(error.template, language, **error.values) for language in languages))


def _is_lost_connection(error: Exception) -> bool:
    """Answer whether the database cannot be reached, without importing its driver."""
    driver, toolkit = sys.modules.get("psycopg"), sys.modules.get("sqlalchemy.exc")
    kinds = tuple(module.OperationalError for module in (driver, toolkit) if module)
    return bool(kinds) and isinstance(error, kinds)


def _is_locked(error: Exception) -> bool:
    """Answer whether the database waited for somebody else until it gave up (LockNotAvailable), without importing its driver."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) == "55P03"
