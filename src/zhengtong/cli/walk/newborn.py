"""The newborn's one-thing（出生一件事）as its people do it: one parent, officers of five departments, a stranger who checks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml.html import FormElement

from zhengtong.cli.walk.browser import Page, Unexpected, Visitor

ANSWERS = {"answer-married": "yes", "answer-named": "recorded", "answer-settle": "mother"}
CASE_NO = re.compile(r"/(?:my|desk)/cases/([^/]+)/")
MOST_STEPS = 12


@dataclass
class Application:
    """What a parent holds after submitting: the number of the whole and the code to track it by."""

    no: str
    track_code: str = ""
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


def part_numbers(parent: Visitor, no: str) -> list[str]:
    """Return the numbers of the parts of a one-thing, as its page shows them."""
    page = parent.open(f"/my/cases/{no}/")
    found = [CASE_NO.search(link) for link in page.links("/my/cases/")]
    return [one for one in dict.fromkeys(match.group(1) for match in found if match) if one != no]


def work_through(officers: Iterable[Visitor], numbers: Iterable[str]) -> int:
    """Let each officer decide what of these cases is in their pool, until a round finds nothing more; return how many."""
    left, done = set(numbers), 0
    at_work = list(officers)
    while left:
        decided = [no for officer in at_work for no in pool_numbers(officer) if no in left and handle(officer, no)]
        if not decided:
            return done
        left -= set(decided)
        done += len(decided)
    return done


def handle(officer: Visitor, no: str) -> bool:
    """Claim, accept and grant one case at the desk with the outcome the desk suggests; return True."""
    page = officer.open(f"/desk/cases/{no}/")
    for action in ("claim", "accept"):
        if page.has_form(f"/{no}/{action}"):
            page = officer.submit(page.form(f"/{no}/{action}"))
        if f"/desk/cases/{no}/" not in page.url:
            page = officer.open(f"/desk/cases/{no}/")
    page = officer.open(f"/desk/cases/{no}/?do=grant")
    officer.submit(page.form("/settle"))
    return True


def pool_numbers(officer: Visitor) -> list[str]:
    """Return the numbers of the cases waiting in the officer's pool."""
    page = officer.open("/desk/pool/")
    return list(dict.fromkeys(found.group(1) for link in page.links("/desk/cases/") if (found := CASE_NO.search(link))))
