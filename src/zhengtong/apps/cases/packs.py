"""The declarations cases run on（事项包）: the version in force for a new draft, the pinned version for a running case."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from zhengtong.apps.matters import queries as matters
from zhengtong.declared.shapes import Pack

MOST_DIGESTS = 1024
# By the identity of the pack, which the entry keeps alive.
_DIGESTS: dict[int, tuple[Pack, str]] = {}


def pack_in_force(code: str, *, on: date, region_code: str) -> Pack:
    """Return the version of a matter in force on a day in a region; refused when none is."""
    return matters.get_pack(code, on=on, region_code=region_code)


def digest_of(pack: Pack) -> str:
    """Return the digest of a pack that `pack_in_force` gave: packs are frozen and shared, so it is reckoned once each."""
    kept = _DIGESTS.get(id(pack))
    if kept is None or kept[0] is not pack:
        if len(_DIGESTS) >= MOST_DIGESTS:
            _DIGESTS.clear()
        kept = _DIGESTS[id(pack)] = (pack, pack.digest)
    return kept[1]


@lru_cache(maxsize=512)
def pinned_pack(digest: str) -> Pack:
    """Return the version a case lives under: frozen by its digest, so a process reads it once."""
    return matters.get_pack_version(digest)
