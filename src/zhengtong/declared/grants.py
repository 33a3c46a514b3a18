"""The grants that packs need（所需授权）: who reads which fields of which resource, what for, on what basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zhengtong.declared.shapes import DataUse, Pack, Text
from zhengtong.declared.walk import fields_of
from zhengtong.kit import Basis


@dataclass(frozen=True)
class NeededGrant:
    """One grant that packs rely on（所需授权）: consumer and resource, with every field and purpose added up."""

    consumer: str
    resource: str
    modes: tuple[str, ...]
    fields: tuple[str, ...]
    key_fields: tuple[str, ...]
    purposes: tuple[Text, ...]
    bases: tuple[Basis, ...]
    packs: tuple[str, ...]


def needed_grants(packs: Iterable[Pack]) -> list[NeededGrant]:
    """Return one grant for each pair of consumer and resource, in the order packs first need it."""
    by_pair: dict[tuple[str, str], list[tuple[Pack, DataUse]]] = {}
    for pack in packs:
        for use in pack.data_uses:
            by_pair.setdefault((use.consumer or pack.owner, use.resource), []).append((pack, use))
    return [_add_up(consumer, resource, uses) for (consumer, resource), uses in by_pair.items()]


def _add_up(consumer: str, resource: str, uses: list[tuple[Pack, DataUse]]) -> NeededGrant:
    return NeededGrant(
        consumer=consumer,
        resource=resource,
        modes=tuple(sorted({use.mode for _, use in uses})),
        fields=tuple(dict.fromkeys(field for pack, use in uses for field in (*use.key, *fields_of(pack, use)))),
        key_fields=tuple(dict.fromkeys(field for _, use in uses for field in use.key)),
        purposes=tuple(dict.fromkeys(use.purpose for _, use in uses)),
        bases=tuple(dict.fromkeys(use.basis for _, use in uses)),
        packs=tuple(dict.fromkeys(pack.id for pack, _ in uses)),
    )
