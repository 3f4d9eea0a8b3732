"""The door: sign in by name and password, step by step where more is asked, and sign out everywhere this browser was."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import segno
from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.api import reader
from gridsvc.api.errors import sentence, status_of, wait_s
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY, may_anywhere
from gridsvc.errors import GridError, Invalid, NotFound, NotSignedIn
from gridsvc.operations import second_factor, sign_ins
from gridsvc.operations.sign_ins import Waiting
from web.language import ADMINISTRATION


def sign_in() -> ResponseReturnValue:
    """Show the form; on POST let in, or say in one and the same way that name or password is not right."""
    if request.method == "GET":
        return render_template("sign_in.html", onward=onward(request.args.get("next")), oidc=reader.settings().oidc_issuer)
    try:
        token = _token(request.form.get("name", ""), request.form.get("password", ""))
    except GridError as error:
        return refused("sign_in.html", error, name=request.form.get("name", ""), oidc=reader.settings().oidc_issuer)
    session.clear()  # a form token of the stranger is none of the one who came in
    return entered(token, onward(request.form.get("next")))


def by_link(token: str) -> ResponseReturnValue:
    """Let an account of the demo in by its one-time link."""
    with transaction(NOBODY) as database:
        opened = sign_ins.sign_in_by_link(database, token, address(), browser())
    if opened is None:
        raise NotFound("This link was used already, has run out, or never was one; the next start of the demo shows new ones.")
    session.clear()
    return entered(opened, "/")


def step() -> ResponseReturnValue:
    """Ask for what the sign-in waits for: a code, a password of one's own, a device; without one, go to the form."""
    try:
        with transaction(NOBODY) as database:
            who = sign_ins.waiting(database, request.cookies.get(reader.TOKEN_COOKIE, ""))
            if who is None:
                return redirect(url_for("sign_in", next=onward(request.values.get("next"))), 303)
            shown = _shown(database, who)
            taken = _STEPS[who.steps[0]](database, who) if request.method == "POST" else None
    except GridError as error:
        return refused("sign_in_step.html", error, **shown)
    if taken is None and request.method == "POST":
        return refused("sign_in_step.html", NotSignedIn("This code is not right, or was used already."), **shown)
    if taken is None:
        return render_template("sign_in_step.html", onward=onward(request.args.get("next")), **shown)
    token, codes = taken
    if codes:
        further = landing(token, onward(request.form.get("next")))
        return keep_token(make_response(render_template("recovery_codes.html", codes=codes, onward=further)), token)
    return entered(token, onward(request.form.get("next")))


def sign_out() -> ResponseReturnValue:
    """End the sign-in on the server and forget its cookie."""
    if token := request.cookies.get(reader.TOKEN_COOKIE):
        who = reader.actor()
        with transaction(who) as database:
            sign_ins.sign_out(database, who, token)
    session.clear()
    answer = redirect("/", 303)
    answer.delete_cookie(reader.TOKEN_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def onward(wanted: str | None) -> str:
    """Return where to go afterwards: an address of this service, never another's."""
    if wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable():
        return wanted
    return "/"


def entered(token: str, onward_to: str) -> ResponseReturnValue:
    """Keep a sign-in's token in the browser and go on: to its next step first, where it waits for one."""
    with transaction(NOBODY) as database:
        waits = sign_ins.waiting(database, token)
    further = url_for("sign_in_step", next=onward_to) if waits else landing(token, onward_to)
    return keep_token(make_response(redirect(further, 303)), token)


def landing(token: str, onward_to: str) -> str:
    """Return where a sign-in leads: an administrator to the own page in place of a map, which shows no more to them than to strangers."""
    who, page = reader.holder(token), urlsplit(onward_to).path
    administers = any(may_anywhere(who, action) for action in ADMINISTRATION.values())
    return url_for("administration") if administers and (page == "/" or page.startswith("/map/")) else onward_to


def keep_token(answer: Response, token: str) -> Response:
    """Put the token into a cookie that scripts and other sites do not see."""
    longest_s = int(sign_ins.LONGEST.total_seconds())
    answer.set_cookie(reader.TOKEN_COOKIE, token, max_age=longest_s, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def refused(template: str, error: GridError, **shown: object) -> ResponseReturnValue:
    """Answer a form again, with what was wrong with it and when to try again."""
    page = render_template(template, onward=onward(request.form.get("next")), wrong=sentence(error), **shown)
    answer = make_response(page, status_of(error))
    if (seconds := wait_s(error)) is not None:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def address() -> str:
    """Return where the request comes from, as far as it is believed."""
    return request.remote_addr or ""


def browser() -> str:
    """Return what the browser calls itself."""
    return request.headers.get("User-Agent", "")


def qr_code(content: str) -> str:
    """Return a picture of a QR code, as an address that holds it."""
    return segno.make(content, error="m").svg_data_uri(scale=5, border=2)


def _token(name: str, password: str) -> str:
    with transaction(NOBODY) as database:
        token = sign_ins.sign_in(database, sign_ins.SignIn(name, password, address(), browser()))
    if token is None:
        raise NotSignedIn("Name or password is not right.")
    return token


def _shown(database: Session, who: Waiting) -> dict[str, object]:
    """Return what the page of the first step shows."""
    shown: dict[str, object] = {"step": who.steps[0], "who": who.actor.name}
    if who.steps[0] == "enrol":
        secret, uri = second_factor.begin(database, who.actor, request.host)
        shown |= {"secret": secret, "qr": qr_code(uri)}
    return shown


def _code(database: Session, who: Waiting) -> Taken | None:
    token = sign_ins.prove_by_code(database, who, _held(), request.form.get("code", ""), address())
    return None if token is None else (token, [])


def _password(database: Session, who: Waiting) -> Taken | None:
    return sign_ins.choose_password(database, who, _held(), password_twice(), address()), []


def _enrol(database: Session, who: Waiting) -> Taken | None:
    return sign_ins.enrol(database, who, _held(), request.form.get("code", ""), address())


def password_twice() -> str:
    """Return the new password of a form; raise Invalid where it was not typed twice the same."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid("The two new passwords are not the same.")
    return password


def _held() -> str:
    return request.cookies[reader.TOKEN_COOKIE]


Taken = tuple[str, list[str]]
"""The sign-in's new token, and recovery codes to be shown once."""

_STEPS: dict[str, Callable[[Session, Waiting], Taken | None]] = {"code": _code, "password": _password, "enrol": _enrol}
"""What takes each step; None is a wrong code."""
