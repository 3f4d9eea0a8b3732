"""The door: sign in by name and password, sign out everywhere this browser was."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from gridsvc.api import reader
from gridsvc.api.errors import sentence, status_of, wait_s
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY
from gridsvc.errors import GridError, NotSignedIn
from gridsvc.operations import sign_ins


def sign_in() -> ResponseReturnValue:
    """Show the form; on POST let in, or say in one and the same way that name or password is not right."""
    if request.method == "GET":
        return render_template("sign_in.html", onward=onward(request.args.get("next")))
    try:
        token = _token(request.form.get("name", ""), request.form.get("password", ""))
    except GridError as error:
        page = render_template(
            "sign_in.html", onward=onward(request.form.get("next")), wrong=sentence(error), name=request.form.get("name", "")
        )
        answer = make_response(page, status_of(error))
        if (seconds := wait_s(error)) is not None:
            answer.headers["Retry-After"] = str(seconds)
        return answer
    session.clear()  # a form token of the stranger is none of the one who came in
    entered = redirect(onward(request.form.get("next")), 303)
    longest_s = int(sign_ins.LONGEST.total_seconds())
    entered.set_cookie(reader.TOKEN_COOKIE, token, max_age=longest_s, httponly=True, samesite="Lax", secure=request.is_secure)
    return entered


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


def _token(name: str, password: str) -> str:
    with transaction(NOBODY) as database:
        token = sign_ins.sign_in(database, sign_ins.SignIn(name, password, request.remote_addr or ""))
    if token is None:
        raise NotSignedIn("Name or password is not right.")
    return token
