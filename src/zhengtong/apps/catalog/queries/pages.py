"""A page of the catalogue: words, facets and their counts, quick at half a million entries."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.db.models.expressions import RawSQL

from zhengtong.apps.catalog import search
from zhengtong.apps.catalog.models import (
    Resource,
    ResourceEventRecord,
)
from zhengtong.apps.catalog.queries.entries import records, to_shape, visible
from zhengtong.apps.catalog.shapes import (
    CatalogPage,
    FacetValue,
)
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape

PAGE_SIZE = 20
FACETS = ("provider", "share_type", "update_cycle", "data_level", "open_type", "format")
COUNTS_KEPT = 64
_counted: OrderedDict[tuple[str, str, int, str], Counts] = OrderedDict()


def list_resources(q: str = "", *, by: Actor | None = None, page: int = 1, **chosen: str) -> CatalogPage:
    """Return one page of the catalogue: words match title, summary, code and field titles; `chosen` are facet values.

    Words by their characters, pinyin or initials. Four queries whatever the size: one counts all facets and the total at
    once, and is remembered until the catalogue changes; each facet counts what the other choices leave.
    """
    counts = counted(q, by)
    total = sum(count for values, count in counts.rows if is_chosen(values, chosen))
    start = (max(page, 1) - 1) * PAGE_SIZE
    ids: list[int] = []
    if start < total:
        found = narrow(matching(visible(by), q), chosen, counts).order_by("-published_on", "code")
        ids = list(found.values_list("pk", flat=True)[start : start + PAGE_SIZE])
    shown = {record.pk: record for record in records().filter(pk__in=ids)}
    return CatalogPage(tuple(to_shape(shown[id]) for id in ids), total, facets_of(counts, chosen))


def matching(found: QuerySet[Resource], q: str) -> QuerySet[Resource]:
    """Keep the entries the words find in the index."""
    asked = search.where(q)
    return found if asked is None else found.filter(pk__in=RawSQL(*asked))  # noqa: S611 - words are a bound parameter


@dataclass(frozen=True)
class Counts:
    """How many entries there are of each combination of facet values; providers by their function."""

    rows: tuple[tuple[tuple[str, ...], int], ...]
    providers: dict[str, tuple[OrganisationShape, ...]]


def counted(q: str, by: Actor | None) -> Counts:
    """Return the counts behind every facet, read from one index in one pass; remembered until an entry changes."""
    last = ResourceEventRecord.objects.order_by("-pk").values_list("receipt_no", flat=True).first()
    organisation = by.organisation.id if by is not None and by.organisation else 0
    key = (last or "", by.kind if by is not None else "", organisation, q.strip())
    if last and key in _counted:
        _counted.move_to_end(key)
        return _counted[key]
    columns = ("provider_id", *FACETS[1:])
    rows = list(matching(visible(by, Resource.objects.all()), q).order_by().values_list(*columns).annotate(Count("pk")))
    organisations = {id: people.get_organisation(id) for id in {row[0] for row in rows}}
    providers: dict[str, tuple[OrganisationShape, ...]] = {}
    for one in organisations.values():
        providers[one.function] = (*providers.get(one.function, ()), one)
    found = Counts(tuple(((organisations[row[0]].function, *map(str, row[1:-1])), row[-1]) for row in rows), providers)
    _counted[key] = found
    while len(_counted) > COUNTS_KEPT:
        _counted.popitem(last=False)
    return found


def narrow(found: QuerySet[Resource], chosen: dict[str, str], counts: Counts) -> QuerySet[Resource]:
    for facet in FACETS:
        if chosen.get(facet) and facet == "provider":
            found = found.filter(provider_id__in=[one.id for one in counts.providers.get(chosen[facet], ())])
        elif chosen.get(facet):
            found = found.filter(**{facet: chosen[facet]})
    return found


def is_chosen(values: tuple[str, ...], chosen: dict[str, str], but: str = "") -> bool:
    """Return whether a combination has every chosen value, one facet left aside."""
    return all(
        not chosen.get(facet) or facet == but or value == chosen[facet]
        for facet, value in zip(FACETS, values, strict=True)
    )


def facets_of(counts: Counts, chosen: dict[str, str]) -> dict[str, tuple[FacetValue, ...]]:
    """Return facet → its values with their counts, most frequent first."""
    sums: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for values, count in counts.rows:
        missed = [f for f, v in zip(FACETS, values, strict=True) if chosen.get(f) and chosen[f] != v]
        if len(missed) > 1:
            continue
        for facet, value in zip(FACETS, values, strict=True):
            if not missed or missed == [facet]:
                sums[facet][value] += count
    return {
        facet: tuple(
            FacetValue(value, *labels_of(facet, value, counts), count)
            for value, count in sorted(sums[facet].items(), key=lambda item: (-item[1], item[0]))
        )
        for facet in FACETS
    }


def labels_of(facet: str, value: str, counts: Counts) -> tuple[str, str]:
    if facet != "provider":
        return "", ""
    first = counts.providers[value][0]
    return first.name_zh, first.name_en
