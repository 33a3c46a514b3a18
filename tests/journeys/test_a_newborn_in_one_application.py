"""A parent applies once; five departments decide; certificates arrive; the parent sees who read the data."""

from __future__ import annotations

import re

import pytest

from tests.journeys import newborn
from tests.journeys.walking import Setting

EVERYONE = [
    (Setting("chinese"), "mother"),
    (Setting("english", english=True), "parent01"),
    (Setting("script-off", script=False), "parent02"),
]
PARENT_ONLY = [
    (Setting("phone", width=390), "parent03"),
    (Setting("elder", mode="elder"), "parent04"),
    (Setting("elder-phone", mode="elder", width=390), "parent05"),
    (Setting("english-phone", english=True, width=390), "parent06"),
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("setting", "who"), EVERYONE, ids=lambda given: getattr(given, "id", ""))
def test_parent_officers_and_stranger_do_the_whole_errand(visit, tmp_path, setting, who):
    parent = visit(setting).sign_in(who)
    no = newborn.apply(parent, tmp_path, new_name="王小满")
    officers = {name: visit(setting).sign_in(f"{name}.examiner2") for name in newborn.DEPARTMENTS}

    first = newborn.part_of(officers["health"], no)
    newborn.ask_supplement(officers["health"], first)
    newborn.bring_additions(parent, tmp_path)
    newborn.grant(officers["health"], first)
    for name in newborn.DEPARTMENTS[1:]:
        newborn.grant(officers[name], newborn.part_of(officers[name], no))

    parent.open(f"/my/cases/{no}/")
    assert parent.page.locator("main .certs a").count() == len(newborn.DEPARTMENTS), parent.text()[:800]
    identifier = the_first_certificate(parent)
    a_stranger_verifies(visit(setting), identifier)
    the_parent_sees_who_read(parent, no)
    the_parent_reviews(parent, no)
    for walker in (parent, *officers.values()):
        walker.is_content()


def the_first_certificate(parent) -> str:
    parent.open("/my/certificates/")
    parent.page.locator("main ul.parts a").first.click()
    parent.page.wait_for_load_state()
    parent.look()
    identifier = re.search(r"1\.2\.156\.\S+", parent.text()).group(0)
    with parent.page.expect_download() as download:
        parent.page.locator("a[href$='/pdf']").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    parent.open(f"/my/certificates/{identifier}/show")
    assert parent.page.locator(".qr svg").count() == 1
    return identifier


def a_stranger_verifies(stranger, identifier: str) -> None:
    stranger.open("/verify/")
    stranger.page.locator("#identifier").fill(identifier)
    stranger.press("verify")
    assert stranger.setting.word("verified") in stranger.text()
    assert "王小满" not in stranger.text(), "a stranger sees the holder masked"


def the_parent_sees_who_read(parent, no: str) -> None:
    parent.open("/my/data/access/")
    uses = parent.page.locator("ol.use > li")
    assert uses.count() >= 4
    assert no in parent.text()
    parent.page.locator("ol.use a[href*='/my/data/receipts/']").first.click()
    parent.page.wait_for_load_state()
    parent.look()


def the_parent_reviews(parent, no: str) -> None:
    parent.open(f"/my/reviews/new?case={no}")
    parent.clicks = 0
    parent.choose("satisfaction", "1")
    parent.press("submit")
    assert parent.clicks == 2
    assert f"/my/cases/{no}/" in parent.page.url


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("setting", "who"), PARENT_ONLY, ids=lambda given: getattr(given, "id", ""))
def test_a_parent_applies(visit, tmp_path, setting, who):
    parent = visit(setting).sign_in(who)
    no = newborn.apply(parent, tmp_path)
    parent.open(f"/my/cases/{no}/")
    parent.open(f"/my/cases/{no}/receipt")
    parent.open("/my/")
    parent.is_content()
