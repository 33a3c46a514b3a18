"""A person at a browser（旅程中的人）: finds controls by role and name as they would, and every page they see is examined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.journeys.city import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "src/zhengtong/portals/ui/web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TAP_PIXELS = {"std": 24, "elder": 44}
BUTTON_PIXELS = {"desk": 24, "std": 44, "elder": 60}  # main touch areas: MIIT's norm for pages made for older people
SMALL_BUTTONS = """least => [...document.querySelectorAll('main .btn')]
  .filter(e => e.offsetParent && e.getBoundingClientRect().height < least - 0.5).map(e => e.outerHTML.slice(0, 120))"""
UNMARKED_HAN = """() => { const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = []; let node;
  while (node = walker.nextNode()) if (/[\\u4e00-\\u9fff]/.test(node.data) && !node.parentElement.closest('[lang^=zh],script'))
    found.push(node.data.trim().slice(0, 60)); return found }"""
SMALL_TARGETS = """least => [...document.querySelectorAll('button:not([hidden]),input:not([type=hidden]),select,a.btn,.choice')]
  .filter(e => e.offsetParent && !e.closest('.choice,label,.vh,.util') && e.getBoundingClientRect().height < least)
  .map(e => e.outerHTML.slice(0, 120))"""
WORDS = {
    "login": ("登录", "Sign in"),
    "start": ("开始办理", "Start now"),
    "continue": ("继续", "Continue"),
    "save": ("保存并继续", "Save and continue"),
    "upload": ("上传并继续", "Upload and continue"),
    "submit": ("提交", "Submit"),
    "follow": ("看办理进度", "Follow the case"),
    "married": ("已登记结婚", "Married"),
    "claim": ("认领", "Claim"),
    "accept": ("受理，看下一件", "Accept, next case"),
    "grant": ("通过并发证，看下一件", "Grant and issue, next case"),
    "supplement": ("补正", "Ask for additions"),
    "ask": ("发出补正通知，看下一件", "Send the request, next case"),
    "reason": ("原因（写给申请人看）", "Reason (the applicant reads it)"),
    "send-additions": ("提交补正", "Send the additions"),
    "additions": ("去补交", "Send them"),
    "very-satisfied": ("非常满意", "Very satisfied"),
    "track": ("查看", "View"),
    "verify": ("验证", "Verify"),
    "verified": ("验证通过：真实、有效", "Verified: genuine and valid"),
}


@dataclass(frozen=True)
class Setting:
    """How somebody uses the site: language, width, script, mode."""

    id: str
    english: bool = False
    width: int = 1280
    script: bool = True
    mode: str = "std"

    def word(self, key: str) -> str:
        """Return a control's name in this person's language."""
        return WORDS[key][1 if self.english else 0]


@cache
def axe_source() -> str:
    """Return axe-core, as npm brought it."""
    return AXE.read_text(encoding="utf-8")


class Walker:
    """Clicks are counted; `clicks` is what the person needed so far."""

    def __init__(self, page: Any, address: str, setting: Setting) -> None:
        self.page = page
        self.address = address
        self.setting = setting
        self.clicks = 0
        self.seen: list[str] = []
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _hear(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    # -- moving ------------------------------------------------------------------------------------------------------
    def open(self, path: str) -> Walker:
        """Go to an address of this person's language and mode."""
        prefix = "/en" if self.setting.english else ""
        answer = self.page.goto(f"{self.address}{prefix}{path}")
        assert answer.status < 400, f"{path} answered {answer.status}: {self.text()[:300]}"
        return self.look()

    def tour(self, paths: Iterable[str]) -> None:
        """Open and examine every address; fail once, with everything that was found."""
        found = []
        for path in paths:
            try:
                self.open(path)
                self.expect_one_language()
            except AssertionError as wrong:
                found.append(str(wrong).split("\nassert")[0])
        assert not found, "\n".join(found)

    def sign_in(self, username: str) -> Walker:
        """Sign in; in elder mode having chosen that mode first."""
        if self.setting.mode != "std":
            self.open(f"/?mode={self.setting.mode}")
        self.open("/accounts/login/")
        self.page.locator("#id_login").fill(username)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name=self.setting.word("login")).click()
        self.page.wait_for_load_state()
        self.clicks = 0
        return self.look()

    def press(self, key: str, role: str = "button") -> Walker:
        """Press a button or follow a link of the main part by its name."""
        name = self.setting.word(key) if key in WORDS else key
        found = self.page.locator("main, aside").get_by_role(role, name=name)
        exact = found.filter(has_text=re.compile(rf"^\s*{re.escape(name)}"))
        (exact if exact.count() else found).first.click()
        self.clicks += 1
        self.page.wait_for_load_state()
        return self.look()

    def choose(self, name: str, value: str) -> None:
        """Choose one radio button or tick one box by the words beside it."""
        control = self.page.locator(f"input[name='{name}'][value='{value}']")
        control.check()
        self.clicks += 1

    def fill(self, label: str, text: str) -> None:
        """Type into the field of a label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def text(self) -> str:
        """Return the words of the main part."""
        return self.page.locator("main").inner_text()

    # -- examining ---------------------------------------------------------------------------------------------------
    def look(self) -> Walker:
        """Examine the page in hand: language, one heading, no sideways scroll, no axe violation, targets large enough."""
        page = self.page
        self.seen.append(page.url)
        lang = page.locator("html").get_attribute("lang")
        assert lang == ("en" if self.setting.english else "zh-CN"), f"{page.url} is in {lang}"
        assert page.locator("h1").count() == 1, f"{page.url} has {page.locator('h1').count()} h1"
        assert "Traceback" not in page.content()
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{page.url} scrolls sideways by {sideways} px at {self.setting.width}"
        small = page.evaluate(SMALL_TARGETS, TAP_PIXELS["elder" if self.setting.mode == "elder" else "std"])
        assert not small, f"{page.url}: targets too small: {small[:3]}"
        where = "desk" if re.search(r"/(desk|data|console)/", page.url) else self.setting.mode
        low = page.evaluate(SMALL_BUTTONS, BUTTON_PIXELS[where])
        assert not low, f"{page.url}: buttons too small: {low[:3]}"
        if self.setting.script:
            self.examine()
        return self

    def expect_one_language(self) -> None:
        """On an English page Chinese words stand only where they are marked as Chinese."""
        if self.setting.english:
            left = self.page.evaluate(UNMARKED_HAN)
            assert not left, f"{self.page.url} speaks Chinese: {left[:6]}"

    def examine(self) -> None:
        """Run axe-core; any violation fails, naming the rule and the element."""
        self.page.evaluate(axe_source())
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
        )
        told = [
            f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for rule in found["violations"]
            for node in rule["nodes"][:2]
        ]
        assert not told, f"{self.page.url}:\n" + "\n".join(told)

    def is_content(self) -> None:
        """Fail on anything the browser complained about on the way."""
        assert not self.complaints, self.complaints
