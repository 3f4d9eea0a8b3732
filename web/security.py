"""What every answer carries for the browser's safety, and what counts of a request's envelope."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf import CSRFProtect  # type: ignore[import-untyped]  # it has no types

from gridsvc.api import reader
from gridsvc.errors import Invalid
from gridsvc.sealing import kept_secret
from gridsvc.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGE_POLICY = "Content-Security-Policy"
ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
FOR_DATA = [(PAGE_POLICY, "default-src 'none'; frame-ancestors 'none'")]
FOR_HTTPS = [("Strict-Transport-Security", "max-age=31536000")]


def protect(app: Flask, settings: Settings, picture_hosts: Sequence[str]) -> CSRFProtect:
    """Set cookies, limits and headers for all answers; forms need a token from here on."""
    app.config.update(
        SECRET_KEY=kept_secret(settings.data_dir / "cookie_key", secrets.token_bytes(32)),
        SESSION_COOKIE_NAME="gridsvc_form",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.largest_upload_mib << 20,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its browser session
    )
    app.session_interface = _Sessions()
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    policy = policy_for_pages(picture_hosts)

    @app.after_request
    def add_policy(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers[PAGE_POLICY] = policy.replace("{nonce}", csp_nonce())
            if reader.TOKEN_COOKIE in request.cookies:
                response.headers.setdefault("Cache-Control", "no-store")  # what somebody saw is not for whoever sits here next
        return response

    app.wsgi_app = SafeHeaders(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]  # the same
    return _Forms(app)


def csp_nonce() -> str:
    """Return what this answer's own scripts and styles carry in their nonce attribute."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def policy_for_pages(picture_hosts: Sequence[str]) -> str:
    """Return the content-security policy of pages, with {nonce} where each answer puts its own."""
    pictures = " ".join(("'self'", "data:", *picture_hosts))
    return (
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        f"img-src {pictures}; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class SafeHeaders:
    """Put on every answer what never varies, as a list: Flask's headers would be searched for each name."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the app does, with the headers added; what has no policy of its own is data."""
        always = ALWAYS + FOR_HTTPS if environ["wsgi.url_scheme"] == "https" else ALWAYS

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ANN401  # WSGI's types
            is_page = any(name == PAGE_POLICY for name, _ in headers)
            return start_response(status, headers + always + ([] if is_page else FOR_DATA), exc_info)

        return self.app(environ, start)


class TrustedProxies:
    """Believe forwarded address, scheme and host when a named proxy sends them, and nobody else.

    werkzeug's ProxyFix counts proxies; it does not look at who they are.
    """

    def __init__(self, app: WSGIApplication, proxies: Sequence[str]) -> None:
        self.app = app
        self.networks = [_network(proxy) for proxy in proxies]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the app does, after believing what a trusted proxy says."""
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            chain = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
            strangers = [address for address in chain if not self._trusts(address)]
            if chain:
                environ["REMOTE_ADDR"] = strangers[-1] if strangers else chain[0]
            if environ.get("HTTP_X_FORWARDED_PROTO") in ("http", "https"):
                environ["wsgi.url_scheme"] = environ["HTTP_X_FORWARDED_PROTO"]
            if host := environ.get("HTTP_X_FORWARDED_HOST"):
                environ["HTTP_HOST"] = host
        return self.app(environ, start_response)

    def _trusts(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)


class _Forms(CSRFProtect):  # type: ignore[misc]  # it has no types
    """The tokens of forms; a program that shows a token of its own fills in no form of ours."""

    def protect(self, **how: object) -> None:
        """Refuse a form without its token."""
        if not reader.shows_token():
            super().protect(**how)


class _Sessions(SecureCookieSessionInterface):
    """The cookie behind form tokens: for https alone where https is spoken."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie; without one make an empty one, and no machinery of signatures."""
        if app.config["SESSION_COOKIE_NAME"] in request.cookies:
            return super().open_session(app, request)
        return self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002  # Flask's signature
        return request.is_secure


def _network(proxy: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(proxy)
    except ValueError:
        raise Invalid(
            "GRIDSVC_TRUSTED_PROXIES names {given!r}; addresses or networks such as 10.0.0.0/8 would be right.", given=proxy
        ) from None
