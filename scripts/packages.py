"""Debian's packages that are missing: which, why, and their installation."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from talk import LOGS, refuse, step

POSTGRES = "postgresql-15-postgis-3"
REASONS = {
    POSTGRES: ("带地图功能的数据库", "the database, with maps"),
    "python3-venv": ("程序库的独立目录", "a folder for our libraries alone"),
    "ca-certificates": ("核对下载来源", "to check where downloads come from"),
    "chromium": ("页面测试用的浏览器", "the browser for the page tests"),
    "fonts-noto-cjk": ("打印和页面测试用的中文字体", "Chinese type for papers and for the page tests"),
    "libpangoft2-1.0-0": ("打印 PDF 的排版库", "the library that sets the type of PDF papers"),
    "libharfbuzz-subset0": ("只嵌入用到的字形", "to put only the used glyphs into PDF papers"),
    "libatomic1": ("驱动浏览器的程序要用的库", "a library of the program that drives the browser"),
}
FILES = {
    "ca-certificates": "etc/ssl/certs/ca-certificates.crt",
    "fonts-noto-cjk": "usr/share/fonts/*/noto/NotoSansCJK*",
    "libatomic1": "usr/lib/*/libatomic.so.1",
    "libpangoft2-1.0-0": "usr/lib/*/libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "usr/lib/*/libharfbuzz-subset.so.0",
}
# No cluster of Debian's own: gridsvc keeps a private one. The mark goes again, since it concerns this installation only.
INSTALL = """
mark=/etc/postgresql-common/createcluster.d/gridsvc.conf
mkdir -p "$(dirname $mark)"; echo 'create_main_cluster = false' >$mark; trap 'rm -f $mark' EXIT
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
postgres=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sort -t- -k2 -n | tail -1 | cut -d' ' -f1)
apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 $(echo "$*" | sed "s/POSTGRES/${postgres:-POSTGRES}/")
"""


def install(goal: str) -> None:
    """Install what the goal (run, test, ...) needs and the machine lacks; say what and why first."""
    if missing := [name for name in _wanted(goal) if not _present(name)]:
        if not shutil.which("apt-get"):
            refuse(
                f"这台机器没有 apt；请自行安装 {' '.join(missing)}。",
                f"This machine has no apt; install these yourself: {' '.join(missing)}.",
            )
        for name in missing:
            step(f"缺 {name}：{REASONS[name][0]}", f"missing {name}: {REASONS[name][1]}")
        _run_as_root(missing)
        if still := [name for name in missing if not _present(name)]:
            refuse(f"安装之后仍然没有 {' '.join(still)}。", f"Still missing after the installation: {' '.join(still)}.")


def _wanted(goal: str) -> list[str]:
    wanted = ["ca-certificates", "python3-venv"]
    wanted += [POSTGRES, "fonts-noto-cjk", "libpangoft2-1.0-0", "libharfbuzz-subset0"] if goal in {"run", "setup", "test", "bench"} else []
    return wanted + (["chromium", "libatomic1"] if goal == "test" else [])


def _present(name: str) -> bool:
    if name == POSTGRES:
        return any(int(_version_of(control)) >= 15 for control in _postgis())
    if name == "python3-venv":
        return find_spec("ensurepip") is not None
    if name == "chromium":
        return shutil.which("chromium") is not None
    return any(Path("/").glob(FILES[name]))


def _postgis() -> list[Path]:
    found = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    return [path for path in found if Path("/usr/lib/postgresql", _version_of(path), "bin", "initdb").exists()]


def _version_of(control: Path) -> str:
    return control.parent.parent.name


def _run_as_root(missing: list[str]) -> None:
    command = ["sh", "-ec", INSTALL, "install", *("POSTGRES" if name == POSTGRES else name for name in missing)]
    if os.geteuid() != 0:
        command = [*_sudo(missing), *command]
    step("安装系统软件包", "installing system packages")
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "apt.log"
    with log.open("w") as file:
        code = subprocess.run(command, stdin=sys.stdin, stdout=file, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        reason = next(iter(re.findall(r"^E: (.*)", log.read_text(errors="replace"), re.MULTILINE)), f"exit code {code}")
        refuse(f"系统软件包没有装上：{reason}（记录：{log}）", f"The system packages were not installed: {reason} (log: {log})")


def _sudo(missing: list[str]) -> list[str]:  # noqa: RET503  # refuse() does not return
    """Return how to become root, asking for the password where there is somebody to ask."""
    if shutil.which("sudo"):
        allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
        if allowed or (sys.stdin.isatty() and subprocess.run(["sudo", "-v"], check=False).returncode == 0):
            return ["sudo", "-n"]
    todo = f"apt-get install --no-install-recommends {shlex.join(missing)}"
    refuse(f"没有安装软件的权限。请管理员执行：{todo}", f"No right to install software. Ask an administrator to run: {todo}")
