"""The newborn's one-thing（出生一件事）as its people do it: one parent, officers of five departments, a stranger who checks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml.html import FormElement

from zhengtong.cli.walk.browser import Page, Unexpected, Visitor
from zhengtong.kit.identifiers import make_resident_id

ANSWERS = {"answer-married": "yes", "answer-named": "recorded", "answer-settle": "mother"}
CASE_NO = re.compile(r"/(?:my|desk)/cases/([^/]+)/")
MOST_STEPS = 12


@dataclass
class Application:
    """What a parent holds after submitting: the number of the whole, and of each part with its title."""

    no: str
    track_code: str = ""
    parts: list[str] = field(default_factory=list)
    clicks: int = 0


def apply_for_newborn(parent: Visitor) -> Application:
    """Take one parent from the life event to the confirmation; return the application."""
    before = parent.clicks
    page = parent.open("/life/birth/")
    page = parent.submit(page.form("start"), ANSWERS)
    for _ in range(MOST_STEPS):
        if page.has_form("/submit"):
            page = parent.submit(page.form("/submit"))
            break
        page = next_step(parent, page)
    if "/done/" not in page.url:
        raise Unexpected(f"the application did not end on its confirmation but on {page.url}: {page.text()[:300]}")
    no = number_on(page, "/my/cases/")
    code = page.document.find(".//b[@class='code']")
    return Application(no, code.text_content().strip() if code is not None else "", clicks=parent.clicks - before)


def next_step(parent: Visitor, page: Page) -> Page:
    """Fill and send the page in hand, or follow its "continue" when it is the task list."""
    if page.has_form("") and not page.url.rstrip("/").endswith(draft_id_of(page)):
        form = page.form("")
        return parent.submit(form, filled_in(form))
    onward = page.document.xpath("//main//p[contains(@class,'actions')]/a[contains(@class,'btn')]/@href")
    if not onward:
        raise Unexpected(f"{page.url} leads nowhere: {page.text()[:300]}")
    parent.clicks += 1
    return parent.open_as_is(onward[0])


def draft_id_of(page: Page) -> str:
    """Return the draft's id in the page's address."""
    found = re.search(r"/apply/([0-9a-f-]{36})", page.url)
    return found.group(1) if found else "none"


def filled_in(form: FormElement) -> dict[str, Any]:
    """Return a choice for every question the form still asks: the first offered, or a plain answer for a text."""
    values: dict[str, Any] = {}
    for item in form.iter("select"):
        if not item.value:
            values[item.name] = next((option for option in item.value_options if option), "")
    for item in form.iter("input"):
        kind, name = item.get("type", "text"), item.get("name")
        if kind == "radio" and name not in values and not form.xpath(f".//input[@name='{name}'][@checked]"):
            values[name] = item.get("value")
        if kind in ("text", "tel") and name and not item.get("value") and item.get("required") is not None:
            values[name] = "19900000001" if "phone" in name else "无"
    return values


def number_on(page: Page, part: str) -> str:
    """Return the case number in the first link to a case."""
    for link in page.links(part):
        found = CASE_NO.search(link)
        if found:
            return found.group(1)
    raise Unexpected(f"{page.url} shows no case number: {page.text()[:300]}")


def handle(officer: Visitor, no: str, outcome: dict[str, str] | None = None) -> None:
    """Claim, accept and grant one case at the desk; `outcome` overrides what the desk suggests."""
    page = officer.open(f"/desk/cases/{no}/")
    for action in ("claim", "accept"):
        if page.has_form(f"/{action}"):
            officer.submit(page.form(f"/{action}"))
            page = officer.open(f"/desk/cases/{no}/")
    settle(officer, no, outcome or {})


def settle(officer: Visitor, no: str, outcome: dict[str, str]) -> Page:
    """Open the decision "grant" of a case and send it."""
    page = officer.open(f"/desk/cases/{no}/?do=grant")
    form = page.form("/settle")
    blanks = [
        item.get("name")
        for item in form.iter("input")
        if item.get("name", "").startswith("outcome-") and not item.get("value")
    ]
    values = {
        name: outcome[name.removeprefix("outcome-")] for name in blanks if name.removeprefix("outcome-") in outcome
    }
    return officer.submit(form, values)


def pool_numbers(officer: Visitor) -> list[str]:
    """Return the numbers of the cases waiting in the officer's pool."""
    page = officer.open("/desk/pool/")
    return list(dict.fromkeys(found.group(1) for link in page.links("/desk/cases/") if (found := CASE_NO.search(link))))


def new_resident_id(sequence: int, born_on: dt.date) -> str:
    """Return a fictional identity number for the child, as the police would assign it."""
    return make_resident_id(region_code="990102", born_on=born_on, sequence=sequence).canonical


def path_of(address: str) -> str:
    """Return the path of an absolute address."""
    return urlsplit(address).path
