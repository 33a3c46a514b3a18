"""Pages: guarded, documented, small, safe under the content policy, and never blank when something is wrong."""

from __future__ import annotations

import dataclasses
import gzip
import inspect
import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils import translation

from tests.apps.portals.msgids import PORTALS
from zhengtong.apps.people.shapes import ANONYMOUS
from zhengtong.kit import Refused
from zhengtong.portals.citizen import contexts as citizen_contexts
from zhengtong.portals.citizen import urls as citizen_urls
from zhengtong.portals.desk import contexts as desk_contexts
from zhengtong.portals.desk import urls as desk_urls
from zhengtong.portals.ui import errors
from zhengtong.portals.ui.mode import ModeMiddleware
from zhengtong.portals.ui.pages import page

BUILT = PORTALS / "ui/static/ui/built"
TEMPLATES = sorted(
    path for portal in ("ui", "citizen", "desk") for path in (PORTALS / portal / "templates").rglob("*.html")
)
MOST_CSS, MOST_SCRIPT = 20 * 1024, 6 * 1024


def routes():
    for module in (citizen_urls, desk_urls):
        for pattern in module.urlpatterns:
            if isinstance(pattern, URLPattern):
                yield f"{module.app_name}:{pattern.name}", pattern.callback


@pytest.mark.parametrize(("name", "view"), list(routes()), ids=[name for name, _ in routes()])
def test_every_route_says_who_may_enter(name, view):
    guards = set()
    while view is not None:
        guards.add(getattr(view, "guard", None))
        view = getattr(view, "__wrapped__", None)
    assert guards & {"open", "signed-in", "officer"}, f"{name} has no guard"
    assert ("officer" in guards) == name.startswith("desk:")


@pytest.mark.parametrize("module", [citizen_contexts, desk_contexts])
def test_every_context_is_frozen_and_documented(module):
    own = [one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == module.__name__]
    for context in own:
        assert dataclasses.is_dataclass(context)
        assert context.__dataclass_params__.frozen, context
        assert context.__doc__, context
        assert not context.__doc__.startswith(context.__name__ + "("), context


def test_a_page_takes_nothing_but_a_frozen_context():
    @dataclasses.dataclass
    class Loose:
        word: str = ""

    with pytest.raises(TypeError, match="frozen"):
        page(RequestFactory().get("/"), "citizen/help.html", Loose())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_compiles_and_keeps_the_content_policy(path):
    get_template(str(path.relative_to(next(parent for parent in path.parents if parent.name == "templates"))))
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", source), "inline styles are refused by the content policy"
    assert not re.search(r"\son[a-z]+=", source), "inline handlers are refused by the content policy"
    for script in re.findall(r"<script[^>]*>", source):
        assert "src=" in script, "inline scripts are refused by the content policy"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_speaks_chinese_outside_a_translation(path):
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"\{%\s*blocktrans.*?endblocktrans\s*%\}", "", source, flags=re.S)
    source = re.sub(r"\{[%{].*?[%}]\}", "", source, flags=re.S)
    source = re.sub(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", "", source, flags=re.S)
    left = re.findall(r"[一-鿿]+", source)
    assert not left, left


def gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_style_sheet_and_the_scripts_stay_small():
    if not (BUILT / "zhengtong.css").exists():
        pytest.skip("the front end is not built: python build_frontend.py")
    assert gzipped(BUILT / "zhengtong.css") <= MOST_CSS
    assert gzipped(BUILT / "zhengtong.js") <= MOST_SCRIPT


def test_the_style_sheet_needs_nothing_newer_than_chromium_90():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PORTALS / "ui/web/css").glob("*.css"))
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    for newer in (":has(", "@layer", "@container", "oklch(", "color-mix(", "dvh", "text-wrap"):
        assert newer not in source, newer


def luminance(hexadecimal: str) -> float:
    parts = [int(hexadecimal[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TOKENS = dict(
    re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", (PORTALS / "ui/web/css/tokens.css").read_text(encoding="utf-8"))
)
PAIRS = [("ink", "paper"), ("ink-2", "paper"), ("ink-3", "paper"), ("ink-2", "sunk"), ("ink-3", "sunk"), ("dai-7", "card"),
         ("dai-7", "paper"), ("dai-7", "dai-1"), ("dai-9", "dai-1"), ("zhu-7", "zhu-1"), ("he-7", "he-1"), ("lv-7", "lv-1"),
         ("zi-7", "zi-1"), ("zhu-7", "card"), ("he-7", "card"), ("lv-7", "card"), ("zi-7", "card"), ("lv-7", "dai-05"),
         ("ink-2", "dai-05"), ("card", "dai-9"), ("card", "he-7"), ("card", "zhu-7")]  # fmt: skip


@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_every_pair_of_text_and_ground_can_be_read(front, back):
    light, dark = sorted((luminance(TOKENS[front]), luminance(TOKENS[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def ask(path="/nowhere/", **headers):
    request = RequestFactory().get(path, **headers)
    request.actor, request.number = ANONYMOUS, "ABC123"
    return request


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, errors.bad_request),
        (403, errors.permission_denied),
        (404, errors.not_found),
        (500, errors.server_error),
        (429, errors.too_many),
        (403, errors.csrf_failure),
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_error_page_has_a_number_and_a_next_step(status, answer, language):
    with translation.override(language):
        response = answer(ask())
    html = response.content.decode()
    assert response.status_code == status
    assert "ABC123" in html
    assert 'href="tel:12345"' in html
    assert f'lang="{"en" if language == "en" else "zh-CN"}"' in html


@pytest.mark.parametrize("status", [403, 404, 409, 410, 413, 422, 429, 503])
def test_a_refusal_is_told_in_both_languages(status):
    refused = Refused("a.b.c", "张*国刚刚处理过。请刷新。", "Somebody was faster. Reload.", status=status)
    chinese = errors.refused_page(ask(), refused)
    with translation.override("en"):
        english = errors.refused_page(ask(), refused)
    assert (chinese.status_code, english.status_code) == (status, status)
    assert "张*国刚刚处理过。请刷新。" in chinese.content.decode()
    assert "Somebody was faster. Reload." in english.content.decode()


def test_htmx_gets_a_fragment():
    html = errors.refused_page(ask(HTTP_HX_REQUEST="true"), Refused("a.b.c", "不行。", "No.")).content.decode()
    assert "不行。" in html
    assert "<html" not in html


@pytest.mark.parametrize(("query", "cookie", "mode"), [("elder", "", "elder"), ("", "max", "max"), ("std", "max", "std"),
                                                       ("zzz", "elder", "elder"), ("", "", "std")])  # fmt: skip
def test_the_chosen_face_is_kept_in_a_cookie(query, cookie, mode):
    seen = {}

    def view(request):
        seen["mode"] = request.ui_mode
        return errors.not_found(request)

    request = ask(f"/?mode={query}" if query else "/")
    if cookie:
        request.COOKIES["ui"] = cookie
    response = ModeMiddleware(view)(request)
    assert seen["mode"] == mode
    assert ("ui" in response.cookies) == (query in ("std", "elder", "max"))
    assert "Cookie" in response["Vary"]


def test_both_languages_point_at_each_other():
    request = ask("/verify/")
    html = errors.not_found(request).content.decode()
    assert '<link rel="alternate" hreflang="en" href="/en/verify/">' in html
    assert '<link rel="alternate" hreflang="zh-CN" href="/verify/">' in html


def test_named_routes_resolve_in_both_languages():
    resolver = get_resolver()
    with translation.override("zh-hans"):
        assert resolver.resolve("/life/birth/").view_name == "citizen:life"
    with translation.override("en"):
        assert resolver.resolve("/en/life/birth/").view_name == "citizen:life"
