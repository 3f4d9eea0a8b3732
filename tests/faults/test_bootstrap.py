"""Setting up stops with one clear sentence, in both languages, before anything is half-made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def script(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python that sees the scripts as modules, with the machine's own library only."""
    start = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r})\n"
    return subprocess.run([sys.executable, "-I", "-c", start + code], env=environment, capture_output=True, text=True, check=False)


def test_a_taken_port_is_refused_before_anything_is_installed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code = "import packages, bootstrap\npackages.install = lambda goal: print('installed')\nbootstrap.main('run')"
        done = script(code, GRIDSVC_PORT=port)
    assert done.returncode == 1
    assert done.stdout == ""
    assert [line.split(port)[0].strip(" ✗") for line in done.stderr.splitlines()] == ["端口", "Port"]


def test_without_the_right_to_install_the_administrators_command_is_shown(tmp_path: Path) -> None:
    for name in ("apt-get",):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    code = "import os, packages\nos.geteuid = lambda: 1000\npackages._present = lambda name: False\npackages.install('run')"
    done = script(code, PATH=str(tmp_path))
    assert done.returncode == 1
    assert "postgresql-15-postgis-3" in done.stderr.splitlines()[-1]
    assert done.stderr.count("\n") == 2


def test_every_missing_package_is_named_with_its_reason(tmp_path: Path) -> None:
    code = (
        "import packages\npackages._present = lambda name: False\npackages._run_as_root = lambda missing: exit(0)\npackages.install('test')"
    )
    said = script(code, PATH=os.environ["PATH"]).stdout
    assert {"python3-venv", "postgresql-15-postgis-3", "chromium", "fonts-noto-cjk"} <= {
        line.split()[2].split("：")[0] for line in said.splitlines()
    }


def test_a_full_disk_is_refused_before_libraries_are_installed() -> None:
    done = script("import bootstrap\nbootstrap.NEEDED_MB = 10**12\nbootstrap._check_disk()", PATH=os.environ["PATH"])
    assert done.returncode == 1
    assert "MB" in done.stderr.splitlines()[-1]


def test_libraries_that_are_installed_are_not_installed_again(tmp_path: Path) -> None:
    code = f"import bootstrap, pathlib\nbootstrap.VENV = pathlib.Path({str(tmp_path)!r})\nran = []\nbootstrap._logged = ran.append\n"
    twice = "bootstrap._install_libraries('run')\nbootstrap._install_libraries('run')\nprint(len(ran))"
    assert script(code + twice, PATH=os.environ["PATH"]).stdout.splitlines()[-1] == "2"  # one venv, one pip


def test_assets_that_are_there_need_no_node(tmp_path: Path) -> None:
    code = "import assets\nassets._npm_ci = lambda folder: print('fetched')\nassets._current = lambda files: True\nassets.fetch()"
    assert script(code, PATH=str(tmp_path)).stdout == ""


def test_every_icon_that_a_page_names_is_copied() -> None:
    code = "import assets\nprint('\\n'.join(assets.wanted()))"
    wanted = script(code).stdout.splitlines()
    assert {"leaflet/leaflet.js", "protomaps-leaflet/protomaps-leaflet.js", "leaflet/LICENSE", "lucide/search.svg"} <= set(wanted)


def test_the_lock_file_names_hashes_and_no_addresses() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert "resolved" not in lock
