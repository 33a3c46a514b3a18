"""The newborn's errand in steps（出生一件事）, for whoever walks it: parent, five officers, a stranger."""

from __future__ import annotations

import re
from pathlib import Path

from tests.journeys.walking import Walker

DEPARTMENTS = ("health", "public-security", "disease-control", "human-resources", "medical-insurance")
MOST_CLICKS = 14
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def pdf_at(folder: Path, name: str) -> Path:
    """Return a small PDF to upload."""
    path = folder / name
    path.write_bytes(PDF + name.encode())
    return path


def apply(parent: Walker, folder: Path, *, new_name: str = "") -> str:
    """Take the parent from the life event to the confirmation in at most 14 clicks; return the case number."""
    parent.open("/life/birth/")
    parent.clicks = 0
    parent.choose("answer-married", "yes")
    parent.choose("answer-named", "new" if new_name else "recorded")
    parent.choose("answer-settle", "mother")
    parent.press("start")
    parent.press("continue", "link")
    while "/check/" not in parent.page.url:
        if parent.page.url.endswith("/materials/"):
            for slot in parent.page.locator("input[type=file]").all():
                slot.set_input_files(pdf_at(folder, "声明.pdf"))
                parent.clicks += 1
            parent.press("upload")
            continue
        name = parent.page.locator("input[name='child.new_name']")
        if name.count():
            name.fill(new_name)
        parent.press("save")
    assert "来自" in parent.text() or "From" in parent.text(), "the check page says where values come from"
    parent.press("submit")
    assert "/done/" in parent.page.url, parent.text()[:300]
    assert parent.clicks <= MOST_CLICKS, f"{parent.clicks} clicks from the life event to submitted"
    return re.search(r"\b99\d{18}\b", parent.text()).group(0)


def part_of(officer: Walker, case_no: str) -> str:
    """Claim the part of this application from the officer's pool; return its number."""
    officer.open("/desk/pool/")
    row = officer.page.locator("tr", has=officer.page.get_by_role("link")).filter(has_text=case_no[:14])
    numbers = [re.search(r"\b99\d{18}\b", text).group(0) for text in row.all_inner_texts()]
    whole = int(case_no[14:])
    mine = [number for number in numbers if 0 < int(number[14:]) - whole <= len(DEPARTMENTS)]
    assert len(mine) == 1, f"the pool holds {numbers}, none of {case_no}"
    officer.page.locator(f"form[action$='/{mine[0]}/claim'] button").click()
    officer.clicks += 1
    officer.page.wait_for_load_state()
    officer.look()
    return mine[0]


def grant(officer: Walker, no: str) -> None:
    """Accept and grant one case: at the desk that is two presses, each opening the next case."""
    officer.open(f"/desk/cases/{no}/")
    officer.clicks = 0
    officer.press("accept")
    officer.open(f"/desk/cases/{no}/")
    officer.press("grant")
    officer.open(f"/desk/cases/{no}/")
    assert officer.clicks <= 2, "accepting and granting take a press each"


def ask_supplement(officer: Walker, no: str) -> None:
    """Ask for a document again: choose the way, tick, write why, send."""
    officer.open(f"/desk/cases/{no}/")
    officer.clicks = 0
    officer.press("supplement", "link")
    officer.page.locator("#panel input[name='item'][value^='material:']").first.check()
    officer.clicks += 1
    officer.page.locator("#why").fill("看不清，请重新拍照。")
    officer.press("ask")
    assert officer.clicks <= 3, f"{officer.clicks} clicks to ask for additions"


def bring_additions(parent: Walker, folder: Path) -> None:
    """From the home page: the one thing that needs me, the file, sent."""
    parent.open("/")
    parent.clicks = 0
    parent.press("additions", "link")
    parent.page.locator("input[type=file]").first.set_input_files(pdf_at(folder, "补.pdf"))
    parent.clicks += 1
    parent.press("send-additions")
    assert parent.clicks <= 3, f"{parent.clicks} clicks to bring additions"
