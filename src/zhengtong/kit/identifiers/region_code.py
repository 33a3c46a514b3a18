"""Region codes（行政区划代码）: six digits of GB/T 2260, or twelve with town and village; zeros tell the level."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from zhengtong.kit.identifiers.reading import Kind, is_accepted, to_plain

_KIND = Kind("region-code", "行政区划代码", "region code")
_SHAPE = re.compile(r"[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?")
_ENDS = (2, 4, 6, 9, 12)  # where province, city, county, town and village end


class RegionLevel(enum.IntEnum):
    """The five levels of government（五级）."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5


@dataclass(frozen=True, slots=True)
class RegionCode:
    """A region's code in its twelve-digit form（12 位区划代码）. The region table says whether and when it exists."""

    canonical: str

    def __str__(self) -> str:
        return self.canonical

    @property
    def level(self) -> RegionLevel:
        """The last level that is not all zeros: 441900003000, a town right under its city, is a town."""
        significant = len(self.canonical.rstrip("0"))
        return RegionLevel(next(place for place, end in enumerate(_ENDS, start=1) if significant <= end))

    @property
    def six(self) -> str:
        """The GB/T 2260 code of the county, city or province this region is or lies in."""
        return self.canonical[:6]

    @property
    def stem(self) -> str:
        """The digits every region within this one begins with."""
        return self.canonical[: _ENDS[self.level - 1]]

    @property
    def parent(self) -> RegionCode | None:
        """The region one step up that has a code of its own, or None above a province."""
        if self.level is RegionLevel.PROVINCE:
            return None
        return RegionCode(self.canonical[: _ENDS[self.level - 2]].ljust(12, "0"))

    @property
    def ancestors(self) -> tuple[RegionCode, ...]:
        """All regions above, the nearest first."""
        found: list[RegionCode] = []
        above = self.parent
        while above:
            found.append(above)
            above = above.parent
        return tuple(found)

    def is_within(self, other: RegionCode) -> bool:
        """Return whether this region is `other` or lies in it."""
        return self.canonical.startswith(other.stem)


def parse_region_code(text: str) -> RegionCode:
    """Return the region of 6, 9 or 12 digits; the shorter forms are filled with zeros."""
    plain = to_plain(text)
    if len(plain) not in (6, 9, 12):
        raise _KIND.wrong_length(len(plain), "6/9/12")
    if not _SHAPE.fullmatch(plain):
        raise _KIND.wrong_characters("数字，且首位不为 0", "digits, the first not 0,")
    return RegionCode(plain.ljust(12, "0"))


def is_region_code(text: str) -> bool:
    return is_accepted(parse_region_code, text)
