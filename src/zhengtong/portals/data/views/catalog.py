"""The catalogue（数据目录）: words, facets as links with counts, pages; everything in the address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.shapes import FacetValue
from zhengtong.portals.data.contexts import CatalogContext, FacetGroup
from zhengtong.portals.data.rails import rail_of
from zhengtong.portals.data.words import TABLES, say
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import open_to_all, page, with_query
from zhengtong.portals.ui.pieces import Facet, pager

MOST_CHARACTERS = 100


@open_to_all
def catalog(request: HttpRequest) -> HttpResponse:
    """Show one page of what this visitor may know of."""
    q = request.GET.get("q", "").strip()[:MOST_CHARACTERS]
    chosen = {name: request.GET[name] for name in queries.FACETS if is_value(name, request.GET.get(name, ""))}
    number = page_number(request)
    found = queries.list_resources(q, by=request.actor, page=number, **chosen)
    pages = max(1, -(-found.total // queries.PAGE_SIZE))

    def url_of(page_: int) -> str:
        return address(q, chosen, page=page_ if page_ > 1 else "")

    context = CatalogContext(
        rail=rail_of(request, "catalog"),
        q=q,
        resources=found.resources,
        total=found.total,
        groups=tuple(
            group_of(name, values, q, chosen)
            for name, values in found.facets.items()
            if len(values) > 1 or name in chosen
        ),
        chosen=chips_of(found.facets, q, chosen),
        hidden=tuple(chosen.items()),
        pager=pager(min(number, pages), pages, found.total, url_of),
    )
    return page(request, "data/catalog.html", context)


def titles() -> dict[str, str]:
    """Return the title of each facet."""
    return {
        "provider": _("提供部门"),
        "share_type": _("共享属性"),
        "update_cycle": _("更新频率"),
        "data_level": _("数据分级"),
        "open_type": _("开放属性"),
        "format": _("数据格式"),
    }


def is_value(facet: str, value: str) -> bool:
    """Return whether a facet can have this value at all, so that a wrong address cannot reach the database."""
    return bool(value) and (facet == "provider" and len(value) < 60 or value in TABLES.get(facet, {}))


def label_of(facet: str, one: FacetValue) -> str:
    return pick(one.label_zh, one.label_en) if one.label_zh else say(facet, one.value)


def group_of(facet: str, values: tuple[FacetValue, ...], q: str, chosen: dict[str, str]) -> FacetGroup:
    """Return a facet's choices as links; the chosen one links to taking it away."""
    links = []
    for one in values:
        is_on = chosen.get(facet) == one.value
        others = {name: value for name, value in chosen.items() if name != facet}
        url = address(q, others if is_on else {**others, facet: one.value})
        links.append(Facet(label_of(facet, one), url, one.count, is_on))
    return FacetGroup(titles()[facet], tuple(links))


def chips_of(facets: dict[str, tuple[FacetValue, ...]], q: str, chosen: dict[str, str]) -> tuple[Facet, ...]:
    """Return what was chosen, each as a link that takes it away."""
    chips = []
    for name, value in chosen.items():
        one = next((one for one in facets[name] if one.value == value), None)
        words = label_of(name, one) if one else say(name, value) if name in TABLES else value
        url = address(q, {other: kept for other, kept in chosen.items() if other != name})
        chips.append(Facet(f"{titles()[name]}：{words}", url))
    return tuple(chips)


def address(q: str, chosen: dict[str, str], **more: object) -> str:
    return with_query(reverse("data:catalog"), q=q, **chosen, **more)


def page_number(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1
