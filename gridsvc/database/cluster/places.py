"""Where the private cluster keeps what, and which user of the machine runs it."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from gridsvc.errors import Conflict, Invalid

SOCKET_PATH_BYTES = 107
"""What the kernel allows for the path of a socket, the closing zero not counted."""
UNPRIVILEGED = "postgres"
"""Who runs the cluster when root asks for it, since PostgreSQL refuses root; Debian's package makes this user."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one private cluster."""

    data_dir: Path
    """The installation's data folder, resolved."""

    @property
    def home(self) -> Path:
        """Return the folder that appears whole or not at all."""
        return self.data_dir / "cluster"

    @property
    def unfinished(self) -> Path:
        """Return the sibling in which `home` is made."""
        return self.data_dir / "cluster.unfinished"

    @property
    def data(self) -> Path:
        """Return PostgreSQL's data directory."""
        return self.home / "data"

    def password_file(self, role: str) -> Path:
        """Return the file with this role's password, in libpq's format."""
        return self.home / "passwords" / role

    @property
    def socket(self) -> Path:
        """Return the folder of the socket: beside the data, or in /tmp where that path is too long or would be read as a list."""
        beside = self.data_dir / "socket"
        if len(os.fsencode(beside / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES and "," not in str(beside):
            return beside
        return Path("/tmp") / f"gridsvc-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]}"  # noqa: S108  # prepare() checks who owns it


def runner() -> pwd.struct_passwd:
    """Return the user who runs the cluster: whoever calls, or an unprivileged one when root calls.

    Raises Conflict when root calls on a machine without that user.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise Conflict(
            "PostgreSQL does not run as root, and this machine has no user {user}; installing PostgreSQL makes one.", user=UNPRIVILEGED
        ) from None


def prepare(places: Places) -> None:
    """Make the data folder and the socket's folder, or say why they cannot be used."""
    try:
        # Under root the server runs as somebody else, who must pass through; what is secret below has its own mode.
        places.data_dir.mkdir(mode=0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid(
            "The folder {folder} cannot be made: {reason}. GRIDSVC_DATA_DIR chooses another.", folder=places.data_dir, reason=error.strerror
        ) from error
    _check_owner(places.data_dir, os.geteuid())
    _check_owner(places.data, runner().pw_uid)
    if os.geteuid() == 0:
        _check_passable(places.data_dir)
    _own_folder(places.socket)


def _check_owner(folder: Path, uid: int) -> None:
    if folder.exists() and (owner := folder.stat().st_uid) != uid:
        raise Conflict(
            "The folder {folder} belongs to {owner}, not to {user}; start as its owner, or choose another with GRIDSVC_DATA_DIR.",
            folder=folder,
            owner=user_name(owner),
            user=user_name(uid),
        )


def _check_passable(folder: Path) -> None:
    for parent in (folder, *folder.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            raise Invalid(
                "PostgreSQL runs as {user} and cannot pass through {folder}; choose another place with GRIDSVC_DATA_DIR.",
                user=runner().pw_name,
                folder=parent,
            )


def _own_folder(folder: Path) -> None:
    """Make a folder that only the runner may enter; one in /tmp that somebody else made first is refused."""
    user = runner()
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, user.pw_uid, user.pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid or found.st_mode & 0o077:
        raise Conflict("{folder} must be a folder that only {user} may enter; remove it and try again.", folder=folder, user=user.pw_name)


def user_name(uid: int) -> str:
    """Return the name of this user of the machine, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
