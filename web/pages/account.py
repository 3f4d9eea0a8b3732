"""我的账号: devices, password, second factor, language, tokens for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.api import reader
from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import own_account, places
from gridsvc.database.session import transaction
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, may_anywhere
from gridsvc.errors import GridError, Invalid, NotSignedIn
from gridsvc.operations import accounts, second_factor, sign_ins, tokens
from web.pages.right_words import ACTIONS, ROLES
from web.pages.sign_in import address, keep_token, password_twice, qr_code
from web.pages.times import local_time

BROWSERS = {
    "MicroMessenger": "微信",
    "Edg": "Edge",
    "QQBrowser": "QQ",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
MACHINES = {
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
"""Marks in what browsers call themselves, the more telling one first."""


def show() -> ResponseReturnValue:
    """Answer the own page."""
    return _page()


def change() -> ResponseReturnValue:
    """Do what one form of the page asks for; what is shown once is shown in the answer."""
    _signed_in()
    asked = _CHANGES.get(request.form.get("change", ""))
    if asked is None:
        raise Invalid("The request cannot be answered as it was put.")
    try:
        with transaction(g.actor) as session:
            answer = asked(session)
    except GridError as error:
        return _page(wrong=sentence(error), wrong_at=request.form["change"]), status_of(error)
    return answer or redirect(url_for("account"), 303)


def device() -> ResponseReturnValue:
    """Show the secret of a new device; on POST bind it and show recovery codes once."""
    _signed_in()
    with transaction(g.actor) as session:
        secret, uri = second_factor.begin(session, g.actor, request.host)
        codes = second_factor.confirm(session, g.actor, request.form.get("code", "")) if request.method == "POST" else None
    if codes:
        return render_template("recovery_codes.html", codes=codes, onward=url_for("account"))
    wrong = sentence(NotSignedIn("This code is not right, or was used already.")) if request.method == "POST" else None
    shown = {"step": "enrol", "who": g.actor.name, "secret": secret, "qr": qr_code(uri), "onward": url_for("account"), "wrong": wrong}
    return render_template("sign_in_step.html", send_to=url_for("account_device"), **shown), 401 if wrong else 200


def device_name(browser: str | None) -> str:
    """Return what a person calls a browser and its machine, by what it calls itself: Edge, Windows."""
    found = (next((name for mark, name in marks.items() if mark in (browser or "")), None) for marks in (BROWSERS, MACHINES))
    return ", ".join(name for name in found if name)


def _signed_in() -> None:
    if g.actor.account_id is None:
        raise NotSignedIn("Sign in first.")


def _page(**shown: object) -> str:
    _signed_in()
    with transaction(g.actor) as session:
        devices = own_account.devices(session, sign_ins.token_digest(_token()))
        own_tokens = own_account.tokens(session, g.actor)
        factor = own_account.second_factor(session)
        called = places.names(session, {held.path for held in (*g.actor.grants, *own_tokens)})
    rights = [action for action in Action if may_anywhere(g.actor, action)]
    words = {
        "roles": ROLES,
        "rights": ACTIONS,
        "called": called,
        "local_time": local_time,
        "device_name": device_name,
        "now": datetime.now(UTC),
    }
    held_at = sorted({grant.path for grant in g.actor.grants})
    return render_template(
        "account.html", devices=devices, tokens=own_tokens, factor=factor, own_rights=rights, held_at=held_at, **words, **shown
    )


def _token() -> str:
    return request.cookies.get(reader.TOKEN_COOKIE, "")


def _password(session: Session) -> ResponseReturnValue:
    fresh = sign_ins.change_own_password(session, g.actor, _token(), request.form.get("old", ""), password_twice())
    if fresh is None:
        session.commit()  # the refusal is counted
        raise NotSignedIn("The current password is not right.")
    return keep_token(make_response(redirect(url_for("account"), 303)), fresh)


def _language(session: Session) -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    accounts.set_language(session, g.actor, chosen)
    answer = redirect(url_for("account"), 303)
    answer.delete_cookie(reader.LANGUAGE_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def _end(session: Session) -> None:
    sign_ins.end_others(session, g.actor, _token(), _id("device") if request.form.get("device") else None)


def _new_codes(session: Session) -> ResponseReturnValue:
    sign_ins.refuse_guessers(session, g.actor.name, address())
    if not second_factor.is_right(session, request.form.get("code", "")):
        sign_ins.refused(session, g.actor.name, address())
        session.commit()  # the refusal is counted
        raise NotSignedIn("This code is not right, or was used already.")
    return render_template("recovery_codes.html", codes=second_factor.new_recovery_codes(session), onward=url_for("account"))


def _make_token(session: Session) -> ResponseReturnValue:
    path = request.form.get("path", EVERYWHERE)
    days = request.form.get("days", "")
    actions = [Action(name) for name in request.form.getlist("action") if name in set(Action)]
    wanted = tokens.NewToken(request.form.get("name", ""), actions, path, int(days) if days.isdecimal() else 0)
    made = tokens.make(session, g.actor, wanted)
    return render_template("token.html", token=made, name=wanted.name)


def _revoke_token(session: Session) -> None:
    tokens.revoke(session, g.actor, _id("token"))


def _id(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise Invalid("The request cannot be answered as it was put.") from None


_CHANGES: dict[str, Callable[[Session], ResponseReturnValue | None]] = {
    "password": _password,
    "language": _language,
    "end": _end,
    "codes": _new_codes,
    "token": _make_token,
    "revoke": _revoke_token,
}
"""What each form of the page does, in the reader's transaction."""
