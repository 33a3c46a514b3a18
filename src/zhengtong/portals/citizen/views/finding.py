"""Finding what to do（找服务）: home, search, lists, guides, life events."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhengtong.apps.cases import queries as cases
from zhengtong.apps.cases.shapes import SETTLED, DraftLine
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.matters.shapes import MatterShape
from zhengtong.portals.citizen.contexts import (
    GuideContext,
    HomeContext,
    LifeContext,
    LifeListContext,
    LifeStage,
    SearchContext,
    ServicesContext,
    ThemeGroup,
)
from zhengtong.portals.citizen.guides import (
    data_use_lines,
    material_lines,
    pack_in_force,
    part_lines,
    say_days,
    say_term,
)
from zhengtong.portals.citizen.questions import chosen_answers, question_views
from zhengtong.portals.citizen.themes import LIFE_STAGES, theme_title, themes
from zhengtong.portals.citizen.todo import running_cases, todos_of
from zhengtong.portals.ui.languages import words_of
from zhengtong.portals.ui.pages import SeeOther, open_to_all, page, whole_number, with_query
from zhengtong.portals.ui.pieces import Crumb, Facet, Pager, pager

HOT = 5
PER_THEME = 3
GROUPS = 6
HITS_PER_PAGE = 20
LONGEST_QUERY = 80


@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Show the one thing that needs the person, then everything else."""
    actor = request.actor
    lines = cases.list_my_cases(actor) if actor.applicant else []
    running = [line for line in lines if line.state not in SETTLED]
    unreviewed = [line for line in lines if line.state in SETTLED and line.state != "withdrawn" and not line.reviewed]
    mine = certificates.list_certificates(actor.applicant, actor) if actor.applicant else []
    context = HomeContext(
        todos=todos_of(lines, actor),
        running=running_cases([line for line in running if not line.needs_me][:2]),
        to_review=tuple(unreviewed[:1]),
        count_mine=len(lines),
        hot=tuple(matters.list_matters(filters={"source": "pack"}).matters[:HOT]),
        stages=life_stages(),
        themes=_theme_groups(),
        count_matters=matters.count_matters(),
        certificates=tuple(mine[:4]),
        count_reads=evidence.count_reads_about(actor.applicant.key) if actor.applicant else 0,
        figures=cases.public_figures(),
    )
    return page(request, "citizen/home.html", context)


def _theme_groups() -> tuple[ThemeGroup, ...]:
    """Return the themes that have matters, then the departments with most, six in all."""
    groups = []
    for slug, (zh, en) in themes().items():
        found = matters.list_matters(filters={"theme": slug}, size=PER_THEME)
        if found.total:
            url = reverse("citizen:theme", args=[slug])
            groups.append(ThemeGroup(zh, en, url, found.total, found.matters[:PER_THEME]))
    for one in matters.list_departments()[: GROUPS - len(groups)]:
        found = matters.list_matters(filters={"department": one.code}, size=PER_THEME)
        url = reverse("citizen:department", args=[one.code])
        groups.append(
            ThemeGroup(one.name_zh, one.name_en if one.name_en != one.name_zh else "", url, one.count, found.matters)
        )
    return tuple(groups[:GROUPS])


def life_stages() -> tuple[LifeStage, ...]:
    """Return the life axis with the one-things that are published."""
    events = matters.list_one_things()
    stages = []
    for words, slugs in LIFE_STAGES:
        stages.append(LifeStage(str(words), tuple(event for event in events if event.theme in slugs)))
    return tuple(stages)


@open_to_all
def search(request: HttpRequest) -> HttpResponse:
    """Search matters in everyday words; filters are links and stand in the address."""
    q = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    department = request.GET.get("department", "")
    number = _page_number(request)
    empty = SearchContext(q, (), None, 0, (), (), None, ())
    if not q:
        return page(request, "citizen/search.html", empty)
    filters = {"department": department} if department else {}
    found = matters.search(q, lang=get_language() or "zh-hans", limit=200, filters=filters)
    first = (number - 1) * HITS_PER_PAGE
    shown = found.hits[first : first + HITS_PER_PAGE]
    best = shown[0] if shown and number == 1 and shown[0].online else None
    pages = max(1, -(-len(found.hits) // HITS_PER_PAGE))
    context = SearchContext(
        q=q,
        hits=shown[1:] if best else shown,
        best=best,
        total=found.total,
        suggestions=found.suggestions,
        facets=_department_facets(q, department, found.hits),
        pager=pager(number, pages, found.total, lambda n: _search_url(q, department, n)) if shown else None,
        nearest=() if found.hits else tuple(matters.list_matters(filters={"source": "pack"}).matters[:HOT]),
    )
    return page(request, "citizen/search.html", context)


def _search_url(q: str, department: str, number: int) -> str:
    return with_query(reverse("citizen:search"), q=q, department=department, page=number if number > 1 else "")


def _department_facets(q: str, chosen: str, hits: tuple[MatterShape, ...]) -> tuple[Facet, ...]:
    counts: dict[str, tuple[str, int]] = {}
    for hit in hits:
        code = hit.organisation.uscc if hit.organisation else hit.department_uscc
        name = words_of(hit.organisation, "name") if hit.organisation else hit.department_name
        if code:
            counts[code] = (name, counts.get(code, ("", 0))[1] + 1)
    most = sorted(counts.items(), key=lambda item: -item[1][1])[:10]
    return tuple(
        Facet(name, _search_url(q, "" if code == chosen else code, 1), count, code == chosen)
        for code, (name, count) in most
    )


@open_to_all
def services(request: HttpRequest) -> HttpResponse:
    """List every matter, with themes and departments beside."""
    return _list_page(request, _("全部服务"), reverse("citizen:services"), {})


@open_to_all
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """List the matters of a theme."""
    return _list_page(request, theme_title(slug), reverse("citizen:theme", args=[slug]), {"theme": slug})


@open_to_all
def department(request: HttpRequest, code: str) -> HttpResponse:
    """List the matters of a department."""
    found = next((one for one in matters.list_departments() if one.code == code), None)
    heading = words_of(found, "name") if found else code
    return _list_page(request, heading, reverse("citizen:department", args=[code]), {"department": code})


def _list_page(request: HttpRequest, heading: str, url: str, chosen: dict[str, str]) -> HttpResponse:
    found = matters.list_matters(filters=chosen, page=_page_number(request))
    links: Pager | None = pager(
        found.page, found.pages, found.total, lambda n: with_query(url, page=n if n > 1 else "")
    )
    crumbs = [Crumb(_("首页"), reverse("citizen:home")), Crumb(_("办事"), reverse("citizen:services"))]
    crumbs = [*crumbs, Crumb(heading)] if chosen else [crumbs[0], Crumb(_("办事"))]
    context = ServicesContext(
        heading=heading,
        crumbs=tuple(crumbs),
        themes=tuple(
            Facet(theme_title(slug), reverse("citizen:theme", args=[slug]), count, chosen.get("theme") == slug)
            for slug, count in ((slug, matters.count_matters(theme=slug)) for slug in themes())
            if count
        ),
        departments=tuple(
            Facet(
                words_of(one, "name"),
                reverse("citizen:department", args=[one.code]),
                one.count,
                chosen.get("department") == one.code,
            )
            for one in matters.list_departments()
        ),
        matters=found.matters,
        total=found.total,
        pager=links,
    )
    return page(request, "citizen/services.html", context)


@open_to_all
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """Show the guide of a matter; a one-thing has its own page."""
    matter = matters.get_matter(code)
    if matter.kind == "one-thing":
        return SeeOther(reverse("citizen:life", args=[code]))
    pack = pack_in_force(request, code) if matter.online else None
    crumbs = (
        Crumb(_("首页"), reverse("citizen:home")),
        Crumb(_("办事"), reverse("citizen:services")),
        Crumb(words_of(matter, "title")),
    )
    context = GuideContext(
        matter=matter,
        pack=pack,
        crumbs=crumbs,
        materials=material_lines(pack) if pack else (),
        data_uses=data_use_lines(pack) if pack else (),
        promised=say_term(pack.terms.promised) if pack else say_days(matter.promised_days, matter.promised_unit),
        statutory=say_term(pack.terms.statutory) if pack else say_days(matter.statutory_days, matter.statutory_unit),
        drafts=_drafts(request, code),
        described=None if pack else matters.get_guide(code),
    )
    return page(request, "citizen/guide.html", context)


@open_to_all
def life_events(request: HttpRequest) -> HttpResponse:
    """Show all one-things along the life axis."""
    return page(request, "citizen/life_list.html", LifeListContext(life_stages(), tuple(matters.list_one_things())))


@open_to_all
def life_event(request: HttpRequest, code: str) -> HttpResponse:
    """Show one life event: what is joined, what is spared, the questions, the start."""
    matter = matters.get_matter(code)
    pack = pack_in_force(request, code)
    context = LifeContext(
        matter=matter,
        pack=pack,
        parts=part_lines(request, pack),
        materials=material_lines(pack),
        data_uses=data_use_lines(pack),
        questions=question_views(pack, chosen_answers(pack, request.GET), {}),
        faults=(),
        drafts=_drafts(request, code),
        promised=say_term(pack.terms.promised),
        spared=sum(1 for need in pack.materials if need.replaced_by),
    )
    return page(request, "citizen/life.html", context)


def _drafts(request: HttpRequest, code: str) -> tuple[DraftLine, ...]:
    actor: Any = request.actor
    return tuple(line for line in cases.list_drafts(actor) if line.matter_code == code) if actor.applicant else ()


def _page_number(request: HttpRequest) -> int:
    return max(1, whole_number(request.GET.get("page", ""), 1))
