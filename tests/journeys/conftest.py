"""One browser and one city for all journeys; skips, naming the one command, where there is no Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.city import SETTINGS
from tests.journeys.walking import Setting, Walker
from zhengtong.cli.walk.server import RunningSite, running_site

HOW_TO_ADD = "apt-get install -y chromium fonts-noto-cjk"
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep every journey in one worker: they share the browser and the city."""
    for item in items:
        if "tests/journeys" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("journeys"))
            item.add_marker(pytest.mark.browser)
            # Playwright's pipes and the server's log are closed with the session, after pytest has looked.
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


def find_chromium() -> str | None:
    """Return the browser, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="package")
def chromium() -> Iterator[object]:
    """A headless Chromium of this machine; gone with this folder, since its event loop would be in the way of Django elsewhere."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"Chromium is not installed: {HOW_TO_ADD}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(chromium: object) -> Iterator[RunningSite]:
    """A served city, seeded once."""
    with tempfile.TemporaryDirectory(prefix="zhengtong-journeys-") as home:
        environment = {"ZHENGTONG_HOME": home, "ZHENGTONG_REQUIRE_MFA": "0", "DJANGO_SETTINGS_MODULE": SETTINGS}
        root = Path(__file__).resolve().parents[2]
        seeding = [sys.executable, "-W", "ignore", "-m", "tests.journeys.city"]
        done = subprocess.run(
            seeding, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        with running_site(environment) as running:
            yield running


@pytest.fixture
def visit(chromium: object, site: RunningSite) -> Iterator[Callable[[Setting], Walker]]:
    """`visit(setting)` opens a new person's browser; every page it stops at is examined."""
    opened = []

    def open_browser(setting: Setting) -> Walker:
        context = chromium.new_context(  # type: ignore[attr-defined]
            viewport={"width": setting.width, "height": 900},
            java_script_enabled=setting.script,
            locale="en-GB" if setting.english else "zh-CN",
        )
        context.set_default_timeout(15000)
        opened.append(context)
        return Walker(context.new_page(), site.address, setting)

    yield open_browser
    for context in opened:
        context.close()
