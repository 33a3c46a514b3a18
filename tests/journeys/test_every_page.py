"""Every page a visitor, a resident and an officer can open: examined at 320 px, in both languages, in elder mode; and small."""

from __future__ import annotations

import gzip
import re

import httpx
import pytest

from tests.journeys.city import PASSWORD
from tests.journeys.walking import Setting

PUBLIC = (
    "/", "/search?q=新生儿", "/search?q=zzzzzz", "/services/", "/services/theme/birth/", "/services/residence-permit/",
    "/life/", "/life/birth/", "/track/", "/verify/", "/verify/1.2.156.3005.2.none/", "/help/", "/privacy/",
    "/accessibility/", "/sitemap/", "/feedback/", "/accounts/login/", "/accounts/signup/",
)  # fmt: skip
OWN = (
    "/my/", "/my/inbox/", "/my/certificates/", "/my/data/", "/my/data/access/", "/identity/switch", "/delegations/",
    "/apply/residence-permit/start", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/",
    "/my/offers/", "/my/appointments/", "/my/appointments/new?matter=residence-permit", "/my/contact/", "/my/data/doubts/",
)  # fmt: skip
DESK = (
    "/desk/tasks/",
    "/desk/tasks/?bucket=today",
    "/desk/pool/",
    "/desk/search/",
    "/desk/search/?q=99",
    "/desk/board/",
    "/desk/asked/",
    "/desk/reviews/",
    "/desk/substitutions/",
    "/desk/phrases/",
    "/desk/batch/",
)
NARROW = [
    Setting("narrow", width=320),
    Setting("english-narrow", width=320, english=True),
    Setting("elder", mode="elder"),
    Setting("elder-narrow", mode="elder", width=320),
]
MOST_PAGE_BYTES = 60 * 1024
MOST_REQUESTS = 6


@pytest.mark.timeout(400)
@pytest.mark.parametrize("setting", NARROW, ids=lambda setting: setting.id)
def test_every_page_stands_examination(visit, setting):
    stranger = visit(setting)
    if setting.mode != "std":
        stranger.open(f"/?mode={setting.mode}")
    stranger.tour(PUBLIC)
    resident = visit(setting).sign_in("newcomer")
    resident.tour(OWN)
    stranger.is_content()
    resident.is_content()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "setting",
    [Setting("desk"), Setting("desk-english", english=True), Setting("desk-phone", width=390)],
    ids=lambda setting: setting.id,
)
def test_every_page_of_the_desk_stands_examination(visit, setting):
    officer = visit(setting).sign_in("public-security.examiner2")
    officer.tour(DESK)
    officer.is_content()


@pytest.mark.parametrize("path", ["/", "/life/birth/", "/services/", "/verify/"])
def test_a_citizen_page_is_small(site, path):
    """All of a page, cold: compressed as the server sends it, in at most six requests."""
    with httpx.Client(base_url=site.address, headers={"Accept-Encoding": "gzip"}) as client:
        answer = client.get(path)
        parts = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', answer.text))
        sizes = {path: len(gzip.compress(answer.content, 9))}
        for part in parts:
            with client.stream("GET", part) as response:
                sizes[part] = sum(len(chunk) for chunk in response.iter_raw())
    assert sum(sizes.values()) <= MOST_PAGE_BYTES, sizes
    assert len(sizes) <= MOST_REQUESTS, sizes


@pytest.mark.timeout(120)
def test_a_simple_service_takes_five_clicks_after_typing(visit):
    resident = visit(Setting("simple")).sign_in("newcomer")
    resident.open("/")
    resident.page.locator("#q").fill("居住证")
    resident.clicks = 0
    resident.page.locator("form[role=search] button").first.click()
    resident.clicks += 1
    resident.page.wait_for_load_state()
    resident.look()
    resident.page.locator("main .best a, main .hits a").first.click()
    resident.clicks += 1
    resident.page.wait_for_load_state()
    assert "/services/residence-permit/" in resident.page.url
    assert resident.page.get_by_role("button", name="开始办理").count() == 1, "one visible start button"


@pytest.mark.timeout(120)
def test_an_expired_session_keeps_what_was_typed(visit):
    resident = visit(Setting("expired")).sign_in("parent20")
    resident.open("/life/birth/")
    for name, value in (("married", "yes"), ("named", "new"), ("settle", "mother")):
        resident.choose(f"answer-{name}", value)
    resident.press("start")
    resident.press("continue", "link")
    here = resident.page.url
    resident.page.locator("input[name='child.new_name']").fill("王长留")
    cookies = [one for one in resident.page.context.cookies() if one["name"] != "sessionid"]
    resident.page.context.clear_cookies()
    resident.page.context.add_cookies(cookies)
    resident.page.locator("main form button[type=submit]").first.click()
    resident.page.wait_for_load_state()
    assert "/accounts/login/" in resident.page.url
    resident.page.locator("#id_login").fill("parent20")
    resident.page.locator("#id_password").fill(PASSWORD)
    resident.page.locator("main").get_by_role("button", name="登录").click()
    resident.page.wait_for_load_state()
    assert resident.page.url == here
    assert resident.page.locator("input[name='child.new_name']").input_value() == "王长留"


@pytest.mark.timeout(120)
def test_a_form_with_faults_says_so_first(visit):
    resident = visit(Setting("faults")).sign_in("parent21")
    resident.open("/life/birth/")
    resident.press("start")
    assert resident.page.title().lstrip("! ").startswith("错误：")
    assert resident.page.evaluate("document.activeElement.id") == "error-summary"
    resident.page.locator("#error-summary a").first.click()
    assert "#q-" in resident.page.url


@pytest.mark.timeout(120)
def test_two_officers_at_once_and_the_second_learns_who_and_when(visit, tmp_path):
    from tests.journeys import newborn

    parent = visit(Setting("parent")).sign_in("parent22")
    no = newborn.apply(parent, tmp_path)
    first = visit(Setting("first")).sign_in("health.examiner2")
    second = visit(Setting("second")).sign_in("health.examiner")
    part = f"{no[:14]}{int(no[14:]) + 1:06d}"
    first.open(f"/desk/cases/{part}/")
    second.open(f"/desk/cases/{part}/")
    first.page.locator("form[action$='/claim'] button, button[data-send]").first.click()
    first.page.wait_for_load_state()
    second.page.locator("button[data-send]").first.click()
    second.page.wait_for_load_state()
    told = second.page.content()
    assert "市卫健委" in told
    assert re.search(r"\d{1,2}:\d{2}", told), "the refusal names the moment"
