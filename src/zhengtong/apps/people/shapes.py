"""What leaves this room: frozen pictures of persons, organisations and regions, and of who is acting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

SubjectKind = Literal["resident", "legal-entity"]
ActorKind = Literal["resident", "officer", "admin", "client", "system", "anonymous"]
Duty = Literal["sysadmin", "secadmin", "auditadmin"]


@dataclass(frozen=True)
class RegionShape:
    """A region（区划）as it stood in one period; `level` 1 province … 5 village; `valid_to` is the last day or None."""

    code: str
    level: int
    name_zh: str
    name_en: str
    parent_code: str
    valid_from: dt.date
    valid_to: dt.date | None
    replaced_by: str = ""


@dataclass(frozen=True)
class OrganisationShape:
    """An organisation（机构）: a department or unit of government, found by its `function` in a region."""

    id: int
    uscc: str
    name_zh: str
    name_en: str
    short_zh: str
    function: str
    region_code: str
    short_en: str = ""


@dataclass(frozen=True)
class Subject:
    """A person or enterprise（自然人、法人）that matters are for; `id` is a UUID or the unified social credit code.

    `name` is clear, so a Subject is shown only to the person, their agents and the officers of the case; `masked_name`
    and `number_masked` are for everyone else; `key` is the blind index that receipts and reads carry.
    """

    kind: SubjectKind
    id: str
    name: str
    masked_name: str
    key: str
    number_masked: str

    @property
    def ref(self) -> str:
        """Return `kind:id`, the form in which a session or a form names a subject."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Actor:
    """Who is acting（操作人）: an account, in which organisation, with which roles, for whom.

    `label` is masked and fit for logs. `matter_scope` is None when the mandate covers every matter, else the codes.
    """

    kind: ActorKind
    account_id: int | None = None
    label: str = ""
    resident: Subject | None = None
    acting_for: Subject | None = None
    organisation: OrganisationShape | None = None
    roles: frozenset[str] = frozenset()
    duty: Duty | None = None
    matter_scope: frozenset[str] | None = None
    mandate_kind: str = ""

    @property
    def applicant(self) -> Subject | None:
        """Return the subject whose matter it is: the represented person or enterprise, else the person."""
        return self.acting_for or self.resident

    def is_within_scope(self, matter_code: str) -> bool:
        """Return whether the mandate this actor uses covers the matter; true when acting for oneself."""
        return self.acting_for is None or self.matter_scope is None or matter_code in self.matter_scope


SYSTEM = Actor(kind="system", label="系统")
ANONYMOUS = Actor(kind="anonymous", label="访客")


@dataclass(frozen=True)
class ResidentProfile:
    """A resident's own particulars, unmasked; whoever asks for it records the read."""

    subject: Subject
    name: str
    id_kind: str
    id_number: str
    sex: str
    born_on: dt.date
    phone: str
    region_code: str
    address: str


@dataclass(frozen=True)
class Principal:
    """Somebody an account may act for（被代理人）: by delegation, guardianship, as agent or as legal representative."""

    subject: Subject
    mandate_id: str
    kind: str
    relation: str
    matter_codes: tuple[str, ...] | None
    valid_from: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True)
class MandateShape:
    """A mandate（代办授权）as the two sides see it; names are masked for whoever is not the principal."""

    id: str
    kind: str
    relation: str
    principal: Subject
    agent: Subject
    matter_codes: tuple[str, ...] | None
    valid_from: dt.date
    valid_until: dt.date | None
    ended_at: dt.datetime | None
    has_proof: bool


@dataclass(frozen=True)
class PostShape:
    """A post（岗位）an account holds in an organisation, with its roles there."""

    id: int
    account_id: int
    organisation: OrganisationShape
    title_zh: str
    title_en: str
    roles: frozenset[str]
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True)
class AccountShape:
    """An account（账户）: how somebody signs in. Never carries a secret."""

    id: int
    username: str
    label: str
    resident_id: str
    duty: Duty | None
    is_active: bool


#: what a token may be for → how it is told
TOKEN_SCOPES: dict[str, tuple[str, str]] = {
    "cases:apply": ("以申请人身份申报和查看办件", "Apply, and see one's own cases"),
    "cases:handle": ("以工作人员身份办理办件", "Handle cases as an officer"),
}


@dataclass(frozen=True)
class TokenShape:
    """A token（访问令牌）of an account: what it is for, in which post or for whom, until when. Never carries the secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    organisation_id: int | None
    acting_for: str
    made_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    last_used_on: dt.date | None


@dataclass(frozen=True)
class NewResident:
    """One resident to register in bulk; `id` and `phone` may be left to the room."""

    name: str
    id_number: str
    sex: str  # "" and None: as the resident id says
    born_on: dt.date | None
    region_code: str
    address: str
    phone: str = ""
    id_kind: str = "resident-id"
    id: str = ""


@dataclass(frozen=True)
class NewLegalEntity:
    """One legal entity to register in bulk; `representative_id` is the id of a registered resident."""

    uscc: str
    name: str
    kind: str
    region_code: str
    address: str
    registered_on: dt.date
    representative_id: str = ""


@dataclass(frozen=True)
class NewRegion:
    """One region to define; without `parent_code` the parent is the one its code names."""

    code: str
    name_zh: str
    name_en: str
    valid_from: dt.date
    parent_code: str | None = None
    urban_rural_code: str = ""
