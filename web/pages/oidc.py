"""The door through an OpenID Connect issuer: it says who somebody is, and never what somebody may do."""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import current_app, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException
from structlog import get_logger

from gridsvc.api import reader
from gridsvc.database.session import transaction
from gridsvc.domain.permissions import NOBODY
from gridsvc.errors import GridError, NotFound, NotSignedIn
from gridsvc.operations import sign_ins
from web.pages.sign_in import address, browser, entered, onward, refused

PATIENCE_S = 10
"""How long the issuer may take to answer."""
FAILURES = (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError)
"""What of the issuer, or of who pretends to come from there, may go wrong."""


def begin() -> ResponseReturnValue:
    """Send the browser to the issuer."""
    issuer = _issuer()
    session["onward"] = onward(request.args.get("next"))
    try:
        answer: ResponseReturnValue = issuer.authorize_redirect(url_for("oidc_end", _external=True))
    except FAILURES as error:
        return _failed(error)
    return answer


def end() -> ResponseReturnValue:
    """Let in the account that an administrator has linked with whom the issuer names."""
    try:
        subject = str(_issuer().authorize_access_token()["userinfo"]["sub"])
    except FAILURES as error:
        return _failed(error)
    with transaction(NOBODY) as database:
        token = sign_ins.sign_in_by_subject(database, subject, address(), browser())
    if token is None:
        return _back(
            NotSignedIn("Your organisation knows you, but no account here is linked with you; whoever looks after accounts does that.")
        )
    onward_to = onward(session.get("onward"))
    session.clear()
    return entered(token, onward_to)


def _issuer() -> Any:  # noqa: ANN401  # the library has no types
    """Return the client of the issuer that the settings name; it keeps what the issuer says of itself."""
    settings = reader.settings()
    if not (settings.oidc_issuer and settings.oidc_client_id):
        raise NotFound("There is nothing at this address.")
    if "oidc" not in current_app.extensions:
        current_app.extensions["oidc"] = OAuth(current_app).register(
            "oidc",
            server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": PATIENCE_S},
        )
    return current_app.extensions["oidc"]


def _failed(error: Exception) -> ResponseReturnValue:
    get_logger().warning("oidc", reason=f"{type(error).__name__}: {error}")
    return _back(NotSignedIn("Signing in through your organisation did not work; try again, or use a name and a password."))


def _back(error: GridError) -> ResponseReturnValue:
    return refused("sign_in.html", error, oidc=reader.settings().oidc_issuer)
