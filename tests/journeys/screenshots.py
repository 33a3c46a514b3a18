"""Pictures of the main pages（页面截图）: `python -m tests.journeys.screenshots [folder]`, docs/screenshots by default.

Seeds a city of its own, lets one parent and five officers do the newborn's errand, and keeps what they saw.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.journeys import newborn
from tests.journeys.city import SETTINGS
from tests.journeys.conftest import SWITCHES, find_chromium
from tests.journeys.walking import Setting, Walker
from zhengtong.cli.walk.server import running_site

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/screenshots"
DESKTOP = Setting("desktop")
Visit = Callable[[Setting], Walker]


class Album:
    """Pictures in one folder, named for what they show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, walker: Walker, name: str, *, whole: bool = True) -> None:
        """Keep the page in hand, scrolled to its top."""
        walker.page.evaluate("window.scrollTo(0, 0); document.activeElement && document.activeElement.blur()")
        walker.page.screenshot(path=self.folder / f"{name}.png", full_page=whole)
        self.count += 1


@contextlib.contextmanager
def opened_site() -> Iterator[Visit]:
    """Yield a way to open browsers on a freshly seeded city."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise SystemExit("Chromium is not installed: apt-get install -y chromium fonts-noto-cjk")
    with tempfile.TemporaryDirectory(prefix="zhengtong-pictures-") as home, sync_playwright() as playwright:
        environment = {
            **os.environ,
            "ZHENGTONG_HOME": home,
            "ZHENGTONG_REQUIRE_MFA": "0",
            "DJANGO_SETTINGS_MODULE": SETTINGS,
        }
        subprocess.run([sys.executable, "-m", "tests.journeys.city"], cwd=ROOT, env=environment, check=True)
        with running_site(environment) as site:
            browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)

            def visit(setting: Setting) -> Walker:
                height = 844 if setting.width < 500 else 900
                context = browser.new_context(viewport={"width": setting.width, "height": height})
                return Walker(context.new_page(), site.address, setting)

            yield visit
            browser.close()


def take_pictures(folder: Path) -> int:
    """Walk the errand and keep the pictures; return how many."""
    album = Album(folder)
    with opened_site() as visit, tempfile.TemporaryDirectory() as files:
        parent = visit(DESKTOP).sign_in("mother")
        album.keep(parent.open("/life/birth/"), "02-life-event")
        no = newborn.apply(parent, Path(files), new_name="陈小满")
        draft = parent.page.url.removesuffix("done/")
        album.keep(parent, "05-confirmation")
        second = visit(DESKTOP).sign_in("father")
        keep_form(second, album)
        officers = {
            name: visit(Setting("desk", width=1440)).sign_in(f"{name}.examiner2") for name in newborn.DEPARTMENTS
        }
        first = newborn.part_of(officers["health"], no)
        officers["health"].open(f"/desk/cases/{first}/?do=supplement")
        album.keep(officers["health"], "09-desk-case", whole=False)
        newborn.ask_supplement(officers["health"], first)
        album.keep(parent.open("/"), "01-home")
        newborn.bring_additions(parent, Path(files))
        newborn.grant(officers["health"], first)
        second_part = newborn.part_of(officers["public-security"], no)
        album.keep(parent.open(f"/my/cases/{no}/"), "06-case")
        album.keep(officers["public-security"].open(f"/desk/cases/{second_part}/"), "10-desk-parallel", whole=False)
        newborn.grant(officers["public-security"], second_part)
        for name in newborn.DEPARTMENTS[2:]:
            newborn.grant(officers[name], newborn.part_of(officers[name], no))
        keep_the_rest(visit, parent, album)
        assert draft.startswith("http")
    return album.count


def keep_form(walker: Walker, album: Album) -> None:
    """Keep a page with verified fields, and the check page."""
    walker.open("/life/birth/")
    for name, value in (("married", "yes"), ("named", "recorded"), ("settle", "mother")):
        walker.choose(f"answer-{name}", value)
    walker.press("start")
    walker.press("continue", "link")
    if "/check/" not in walker.page.url:
        album.keep(walker, "03-form")
    overview = walker.page.url.split("/apply/")[0] + "/apply/" + walker.page.url.split("/apply/")[1].split("/")[0]
    path = "/apply/" + overview.rsplit("/", 1)[1]
    album.keep(walker.open(f"{path}/child/"), "03-form")
    album.keep(walker.open(f"{path}/check/"), "04-check")


def keep_the_rest(visit: Visit, parent: Walker, album: Album) -> None:
    """Keep what the parent holds in the end, and what others see."""
    album.keep(parent.open("/my/certificates/"), "07-certificates")
    parent.page.locator("main ul.parts a").first.click()
    parent.page.wait_for_load_state()
    identifier = parent.page.url.rstrip("/").rsplit("/", 1)[1]
    album.keep(parent.open("/my/data/access/"), "08-who-read-my-data")
    album.keep(visit(DESKTOP).open(f"/verify/{identifier}/"), "11-verify")
    elder = visit(Setting("elder", mode="elder"))
    album.keep(elder.open("/?mode=elder"), "12-elder")
    album.keep(visit(Setting("phone", width=390)).open("/"), "13-phone")
    album.keep(visit(Setting("english", english=True)).open("/life/birth/"), "14-english")


if __name__ == "__main__":
    print(take_pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
