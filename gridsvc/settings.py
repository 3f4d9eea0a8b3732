"""One frozen object from the environment, prefix GRIDSVC_; a bad value is named with its setting."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gridsvc.errors import Invalid


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    """Return where the installation keeps its data: one place a user, and one for root."""
    if os.geteuid() == 0:
        return Path("/var/lib/gridsvc")
    home = environ.get("XDG_DATA_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".local" / "share"
    return Path(home) / "gridsvc"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose; see docs/operating.md."""

    data_dir: Path
    """Where the private cluster, its passwords, certificates and marks live."""
    database_url: str | None = None
    """A PostgreSQL server of one's own, as the app role; without it the private cluster serves."""
    owner_database_url: str | None = None
    """The same server as the owner role, for `database` commands."""
    host: str = "127.0.0.1"
    """The address to listen on; `lan` means every address, with https."""
    port: int = 8000
    workers: int = 2
    """Serving processes."""
    largest_upload_mib: int = 256
    """What a request may bring; a city's buildings as GeoPackage are about a quarter of this."""
    language: str = "zh"
    """The language of a reader who has not chosen: zh or en."""
    public: bool = True
    """Whether boundaries, names and footprints may be read without signing in."""
    base_map: str = "own"
    """The first base map: a name of web.maps.base_maps.BASE_MAPS."""
    tianditu_key: str | None = None
    """The key for 天地图, kept on the server."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose forwarded headers count."""
    rate_limits: bool = True
    """Whether too many requests of one origin are refused; a proxy before the service may do this in its place."""
    oidc_issuer: str | None = None
    """An OpenID Connect issuer through which accounts that an administrator has linked may sign in."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None

    @property
    def audit_heads(self) -> Path:
        """Return the file that keeps the heads of the chain over the trail."""
        return self.data_dir / "audit" / "heads"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings; raise Invalid naming the setting whose value cannot be used."""
        env = {k.removeprefix("GRIDSVC_"): v for k, v in (environ or os.environ).items() if k.startswith("GRIDSVC_") and v}
        path = {name: Path(env[name.upper()]) for name in ("tls_cert", "tls_key") if name.upper() in env}
        text = {
            name: env[name.upper()]
            for name in (
                "database_url",
                "owner_database_url",
                "host",
                "base_map",
                "tianditu_key",
                "oidc_issuer",
                "oidc_client_id",
                "oidc_client_secret",
            )
            if name.upper() in env
        }
        return cls(
            data_dir=Path(env["DATA_DIR"]) if "DATA_DIR" in env else _default_data_dir(environ or os.environ),
            port=_whole(env, "PORT", 8000, 1, 65535),
            workers=_whole(env, "WORKERS", 2, 1, 256),
            largest_upload_mib=_whole(env, "LARGEST_UPLOAD_MIB", 256, 1, 65536),
            language=_one_of(env, "LANGUAGE", "zh", ("zh", "en")),
            public=_one_of(env, "PUBLIC", "yes", ("yes", "no")) == "yes",
            rate_limits=_one_of(env, "RATE_LIMITS", "yes", ("yes", "no")) == "yes",
            trusted_proxies=tuple(env.get("TRUSTED_PROXIES", "").replace(",", " ").split()),
            **path,  # type: ignore[arg-type]  # a dict of one value type cannot say which field it fills
            **text,  # type: ignore[arg-type]  # the same
        )


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    given = env.get(name, str(default))
    if not given.isdecimal() or not low <= int(given) <= high:
        raise Invalid(
            "GRIDSVC_{name} is {given!r}; a whole number from {low} to {high} would be right.", name=name, given=given, low=low, high=high
        )
    return int(given)


def _one_of(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    given = env.get(name, default)
    if given not in choices:
        raise Invalid("GRIDSVC_{name} is {given!r}; one of {choices} would be right.", name=name, given=given, choices=", ".join(choices))
    return given
