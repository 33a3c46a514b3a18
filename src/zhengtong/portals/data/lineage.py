"""Where a resource comes from and what becomes of it（血缘）: source, versions, grants, matters, certificates; figures only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import LineageNeighbour, ResourceShape
from zhengtong.apps.certificates import queries as certificates
from zhengtong.apps.exchange import queries as exchange
from zhengtong.apps.exchange.shapes import ResourceUse
from zhengtong.apps.feeds import queries as feeds
from zhengtong.apps.feeds.shapes import OriginShape
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.matters.shapes import ReaderShape
from zhengtong.apps.people.shapes import Actor


@dataclass(frozen=True)
class IssuedLine:
    """A type of certificate that matters issue on these data（签发的证照）, and how many there are of it."""

    title_zh: str
    title_en: str
    issued: int


@dataclass(frozen=True)
class ReaderLine:
    """A matter that reads the resource（用数事项）with the certificates it issues."""

    matter: ReaderShape
    certificates: tuple[IssuedLine, ...]


@dataclass(frozen=True)
class LineageContext:
    """The lineage of a resource（数据血缘）from its source to the certificates issued on it."""

    origin: OriginShape | None
    upstream: tuple[LineageNeighbour, ...]
    downstream: tuple[LineageNeighbour, ...]
    unseen: int
    versions: int
    use: ResourceUse
    readers: tuple[ReaderLine, ...]
    issued: int


def lineage_of(resource: ResourceShape, by: Actor, today: dt.date) -> LineageContext:
    """Return the lineage of a resource to an officer; nine queries, whatever is in it."""
    neighbours, unseen = catalog.neighbours_of(resource, by=by)
    read_by = matters.list_readers(resource.code, on=today)
    types = certificates.count_issued({code for one in read_by for code in one.certificates})
    issued = {kind.code: IssuedLine(kind.title_zh, kind.title_en, count) for kind, count in types}
    return LineageContext(
        origin=feeds.find_origin(resource),
        upstream=tuple(one for one in neighbours if one.is_upstream),
        downstream=tuple(one for one in neighbours if not one.is_upstream),
        unseen=unseen,
        versions=catalog.count_versions(resource),
        use=exchange.use_of(resource.id, on=today),
        readers=tuple(
            ReaderLine(one, tuple(issued[code] for code in one.certificates if code in issued)) for one in read_by
        ),
        issued=sum(one.issued for one in issued.values()),
    )
