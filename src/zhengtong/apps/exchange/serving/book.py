"""Grants held in the process（授权缓存）: looked up once, dropped as soon as anything they rest on changes.

One counter in the database moves with every change of a client, a grant or a resource. Each call asks for it first, by
primary key, some twenty microseconds: the first call after a revocation has committed is refused, in every process and
on every machine. Where the database does not answer, nothing is served. The road not taken is to ask every half second.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.shapes import Call, ClientKeys, GrantShape, UpstreamShape
from zhengtong.kit.masking import masker
from zhengtong.tables import Filter, Projection

MOST_HELD, MOST_PLANS = 10_000, 200
OLDEST_SECONDS = 30.0  # also forget what no counter tells of, such as an organisation's name


@dataclass(frozen=True)
class Plan:
    """How one choice of fields is read（读取方案）: columns wanted from the row, and how each field leaves it."""

    fields: tuple[str, ...]
    wanted: tuple[str, ...]
    masks: tuple[tuple[str, Callable[[str], str]], ...]


@dataclass(frozen=True)
class Pass:
    """A kind of call that the grant lets through（放行）: one such call as it was decided, and how it is read."""

    call: Call
    plan: Plan


@dataclass
class Held:
    """A grant ready to serve: its shape, where its rows are — a look-up file or an API — its row filter, its plans.

    `passes` are the kinds of calls it was found to let through: the same question is not decided twice on one day.
    """

    id: int
    grant: GrantShape
    projection: Projection | None
    filters: tuple[Filter, ...]
    upstream: UpstreamShape | None = None
    plans: dict[tuple[str, ...], Plan] = field(default_factory=dict)
    passes: dict[Hashable, Pass] = field(default_factory=dict)

    def plan(self, fields: tuple[str, ...]) -> Plan:
        """Return the plan for a choice of granted fields."""
        made = self.plans.get(fields)
        if made is None:
            resource, masks = self.grant.resource, self.grant.masks
            own = self.projection.key if self.projection else ()
            wanted = dict.fromkeys((*fields, *filter(None, (resource.subject_field, resource.latest_by)), *own))
            made = Plan(fields, tuple(wanted), tuple((name, masker(masks[name])) for name in fields if masks.get(name)))
            if len(self.plans) < MOST_PLANS:
                self.plans[fields] = made
        return made

    def remember(self, kind: Hashable, call: Call, allowed: tuple[str, ...]) -> Pass:
        """Return the pass of a call that was let through; kept unless the hour of the day decides too."""
        made = Pass(call, self.plan(allowed))
        if self.grant.hours is None and len(self.passes) < MOST_PLANS:
            self.passes[kind] = made
        return made


@dataclass
class Pages:
    """What was looked up under one value of the counter; `proofs` are digests of credentials that were found right."""

    epoch: int
    opened_at: float
    clients: dict[str, ClientKeys | None] = field(default_factory=dict)
    proofs: dict[bytes, ClientKeys] = field(default_factory=dict)
    grants: dict[tuple[int, str, str, dt.date], Held | None] = field(default_factory=dict)

    def keep_proof(self, digest: bytes, known: ClientKeys) -> None:
        """Remember that the credentials of this digest are the client's."""
        if len(self.proofs) > MOST_HELD:
            self.proofs.clear()
        self.proofs[digest] = known


class GrantBook:
    """The grants and clients this process has met since the last change."""

    def __init__(self) -> None:
        self._pages = Pages(-1, float("-inf"))

    def pages(self) -> Pages:
        """Return what is held, never behind what has committed; raises when the database does not answer."""
        epoch, now = catalog.get_epoch(), time.monotonic()
        held = self._pages
        if epoch != held.epoch or now - held.opened_at > OLDEST_SECONDS:
            held = self._pages = Pages(epoch, now)
        return held


def client_of(pages: Pages, client_id: str) -> ClientKeys | None:
    """Return an active client with what proves it, or None."""
    held = pages.clients
    if client_id not in held:
        if len(held) > MOST_HELD:
            held.clear()
        held[client_id] = queries.find_client_keys(client_id)
    return held.get(client_id)


def client_with_certificate(pages: Pages, fingerprint: str) -> ClientKeys | None:
    """Return the active client that registered this certificate, or None."""
    held, key = pages.clients, f"certificate {fingerprint}"
    if key not in held:
        if len(held) > MOST_HELD:
            held.clear()
        held[key] = queries.find_client_of_certificate(fingerprint)
    return held.get(key)


def grant_of(pages: Pages, consumer_id: int, resource: str, mode: str, on: dt.date) -> Held | None:
    """Return the grant that would serve, or None if there never was one."""
    held, key = pages.grants, (consumer_id, resource, mode, on)
    if key not in held:
        if len(held) > MOST_HELD:
            held.clear()
        held[key] = look_up(*key)
    return held.get(key)


def look_up(consumer_id: int, resource: str, mode: str, on: dt.date) -> Held | None:
    grant = queries.find_grant(consumer_id, resource, mode, on)
    if grant is None:
        return None
    rows = tuple(Filter(name, "in", values) for name, values in grant.row_filter.items())
    upstream = queries.find_upstream(grant.resource)
    projection = None if upstream else catalog.projection_of(grant.resource)
    return Held(queries.grant_id(grant.no), grant, projection, rows, upstream)
