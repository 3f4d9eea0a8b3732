"""Set up what a goal of the Makefile needs on a bare machine, then start it; needs Python's standard library only."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys

import packages
from talk import LOGS, ROOT, refuse, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PINS = {"run": "run", "setup": "run", "serve": "run", "test": "test", "check": "test", "bench": "bench", "upgrade": "upgrade"}
NEEDED_MB = 2500
"""Libraries for the tests take 800 MB, system packages with the browser 1,000 MB."""


def main(goal: str) -> None:
    """Set up for a goal of PINS; run also starts the service, serve is set up without a database on this machine."""
    if sys.version_info < (3, 11):  # noqa: UP036  # this line meets whatever python3 the machine has
        refuse("需要 Python 3.11 或更新的版本。", "Python 3.11 or newer is needed.")
    if goal == "run":
        _check_port()
    packages.install(goal)
    _install_libraries(PINS[goal])
    if goal not in {"check", "upgrade"}:
        _fetch_assets()
    if goal == "run":
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", "gridsvc", "serve", "--demo"])  # noqa: S606  # no shell is wanted: Ctrl-C reaches the service itself


def _fetch_assets() -> None:
    """Run with the libraries' Python, whose pip may have to bring Node."""
    if code := subprocess.run([PYTHON, ROOT / "scripts" / "assets.py"], check=False).returncode:
        raise SystemExit(code)


def _check_port() -> None:
    """Refuse a port that somebody else has, before anything is installed."""
    port, host = int(os.environ.get("GRIDSVC_PORT") or 8000), os.environ.get("GRIDSVC_HOST") or "127.0.0.1"
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("" if host == "lan" else host, port))
        except OSError as error:
            refuse(
                f"端口 {port} 用不了（{error.strerror}）；换一个：GRIDSVC_PORT={port + 1} make run",
                f"Port {port} cannot be used ({error.strerror}); take another: GRIDSVC_PORT={port + 1} make run",
            )


def _install_libraries(pins: str) -> None:
    """Make the virtual environment and install the pinned libraries, unless this list is installed already."""
    file = ROOT / "requirements" / f"{pins}.txt"
    mark = VENV / f"installed-{pins}"
    content = hashlib.sha256(file.read_bytes() + sys.version.encode()).hexdigest()
    if mark.exists() and mark.read_text() == content:
        return
    _check_disk()
    step(f"安装程序库（requirements/{pins}.txt）", "installing libraries")
    if not (VENV / "bin" / "pip").exists():
        _logged([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        str(file),
    ]
    _logged(pip)
    mark.write_text(content)


def _check_disk() -> None:
    free_mb = shutil.disk_usage(ROOT).free >> 20
    if free_mb < NEEDED_MB:
        refuse(
            f"磁盘空间不足：{ROOT} 只剩 {free_mb} MB，需要 {NEEDED_MB} MB。",
            f"The disk of {ROOT} is full: {free_mb} MB are free, {NEEDED_MB} MB are needed.",
        )


def _logged(command: list[str]) -> None:
    """Run one step of pip; when it fails, end with its last line and where the rest stands."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "pip.log"
    with log.open("w") as file:
        code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        reason = (log.read_text(errors="replace").strip().splitlines() or ["-"])[-1]
        refuse(f"程序库没有装上：{reason}（记录：{log}）", f"The libraries were not installed: {reason} (log: {log})")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        raise SystemExit(130) from None
