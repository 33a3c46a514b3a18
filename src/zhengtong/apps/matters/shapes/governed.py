"""What those who govern the catalogue see（目录治理）: elements, versions compared, materials, proofs to spare."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhengtong.apps.matters.shapes.offered import ChangeShape, LineNote, MatterShape, PackVersionShape
from zhengtong.declared.difference import PackChange


@dataclass(frozen=True)
class MaterialsReport:
    """What an import of materials did（材料导入结果）."""

    taken: int
    known: int
    refused: tuple[LineNote, ...]
    receipt_no: str


@dataclass(frozen=True)
class ProposalShape:
    """A proposal to spare a material（证明替代建议）."""

    matter_code: str
    material: str
    replacement: str
    reason: str
    by_label: str
    at: dt.datetime
    receipt_no: str


@dataclass(frozen=True)
class ElementLine:
    """One element of the implementation list（要素）; None when nobody has given it."""

    code: str
    label_zh: str
    label_en: str
    value_zh: str | None
    value_en: str | None


@dataclass(frozen=True)
class ElementGroup:
    """Elements that belong together（要素组）."""

    title_zh: str
    title_en: str
    lines: tuple[ElementLine, ...]


@dataclass(frozen=True)
class MaterialSource:
    """A material and what stands behind it（材料来源）: `kind` is data, certificate, or "" when it must be brought."""

    id: str
    title_zh: str
    title_en: str
    need: str
    source: str
    basis: str
    when: str
    kind: str
    replaced_zh: str
    replaced_en: str
    code: str
    dataset: str
    fields: tuple[str, ...]
    is_published: bool


@dataclass(frozen=True)
class VersionStep:
    """A version and the step this officer may take on it（下一步）: review, publish, or none."""

    version: PackVersionShape
    step: str


@dataclass(frozen=True)
class GovernedMatter:
    """A matter as those who govern the catalogue see it（事项档案）."""

    matter: MatterShape
    groups: tuple[ElementGroup, ...]
    materials: tuple[MaterialSource, ...]
    versions: tuple[VersionStep, ...]
    history: tuple[ChangeShape, ...]
    may_govern: bool


@dataclass(frozen=True)
class Comparison:
    """Two versions of a matter side by side（版本对照）."""

    matter: MatterShape
    before: PackVersionShape
    after: PackVersionShape
    changes: tuple[PackChange, ...]


@dataclass(frozen=True)
class Demand:
    """A material asked for that could be spared（可免提交的证明）: by what, why, how often it was brought, what that saves.

    `kind` says where the demand stands: declared, listed, implied. `uses` is None where no case was counted.
    """

    matter_code: str
    matter_zh: str
    matter_en: str
    material_id: str
    material_zh: str
    material_en: str
    kind: str
    replacement: str
    replacement_zh: str
    replacement_en: str
    why_zh: str
    why_en: str
    uses: int | None
    minutes_each: int
    visits_each: int
    saved_minutes: int
    saved_visits: int
    proposal: ProposalShape | None = None


@dataclass(frozen=True)
class DemandGroup:
    """The demands of one department（按部门）."""

    department: str
    demands: tuple[Demand, ...]

    @property
    def saved_minutes(self) -> int:
        """Minutes people would save in a year."""
        return sum(demand.saved_minutes for demand in self.demands)

    @property
    def saved_visits(self) -> int:
        """Visits people would save in a year."""
        return sum(demand.saved_visits for demand in self.demands)


@dataclass(frozen=True)
class ServiceFigures:
    """What the indicators of matters are made of（事项指标分子分母）; `known` are those whose visits somebody has given.

    `statutory` and `promised` are days, added up over the matters that have both.
    """

    matters: int
    known: int
    once: int
    never: int
    visits: int
    instant: int
    online: int
    wholly_online: int
    statutory: float
    promised: float
    materials: int
    materials_spared: int


@dataclass(frozen=True)
class Offer:
    """A pack in a folder of the site that is no version yet（待起草的事项包）; `version` is the newest there is, 0 for none."""

    code: str
    title_zh: str
    title_en: str
    version: int
