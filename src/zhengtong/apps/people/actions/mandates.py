"""Who may act for whom（代办）is granted, registered and ended here."""

from __future__ import annotations

import datetime as dt
import functools
import importlib.resources
from collections.abc import Iterable
from typing import Any

import yaml
from django.db import transaction

from zhengtong.apps.people.actions.rights import conflict, require
from zhengtong.apps.people.events import Event, announce
from zhengtong.apps.people.models import LegalEntity, Mandate, Resident
from zhengtong.apps.people.queries.subjects import resident_record, to_mandate, to_uuid
from zhengtong.apps.people.shapes import Actor, MandateShape
from zhengtong.kit import Basis, Refused, local_date
from zhengtong.kit.identifiers import parse_credit_code

LONGEST_RELATION = 24


@functools.cache
def majority() -> tuple[int, Basis]:
    """Return the age of majority（成年年龄）in years, and the article that fixes it, from law.yaml."""
    text = importlib.resources.files("zhengtong.apps.people").joinpath("law.yaml").read_text(encoding="utf-8")
    entry = yaml.safe_load(text)["majority"]
    return entry["value"], Basis(entry["law"], entry["article"], entry["since"])


@transaction.atomic
def delegate(
    *,
    agent_id: str,
    by: Actor,
    at: dt.datetime,
    matter_codes: Iterable[str] | None = None,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    relation: str = "",
    proof: dict[str, Any] | None = None,
    principal_id: str | None = None,
) -> MandateShape:
    """Return the delegation（委托代办）by which a resident may act for another, in all matters or in those listed.

    The principal grants it themselves; a window officer registers one on paper by naming `principal_id` and a `proof`
    (kind, digest, note). Refused（403）when neither, （422）for oneself or for dates that are none.
    """
    principal = _principal(by, principal_id, proof)
    mandate = _open(Mandate.Kind.DELEGATION, agent_id, by, at, matter_codes, valid_from, valid_until, relation, proof)
    mandate.principal_resident = principal
    return _grant(mandate, (principal.key,), by, at)


@transaction.atomic
def authorise_agent(
    *,
    uscc: str,
    agent_id: str,
    by: Actor,
    at: dt.datetime,
    matter_codes: Iterable[str] | None = None,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    proof: dict[str, Any] | None = None,
) -> MandateShape:
    """Return the authorisation of an enterprise's agent（法人授权经办人）, by its legal representative.

    Refused（403）for anybody else, agents included: nobody passes on what was only entrusted to them.
    """
    entity = LegalEntity.objects.select_related("representative").filter(pk=parse_credit_code(uscc).canonical).first()
    if entity is None:
        raise Refused(
            "people.legal-entity.unknown",
            "没有这个统一社会信用代码的法人登记。请核对后再试。",
            "No legal entity with this credit code is registered. Check and try again.",
            status=404,
        )
    representative = entity.representative
    if by.kind != "system" and (by.resident is None or representative is None or representative.key != by.resident.key):
        raise Refused(
            "people.agency.not-representative",
            "只有法定代表人可以授权经办人。请由法定代表人登录后办理。",
            "Only the legal representative authorises agents. Ask the representative to sign in and do it.",
            status=403,
        )
    mandate = _open(Mandate.Kind.AGENCY, agent_id, by, at, matter_codes, valid_from, valid_until, "agent", proof)
    mandate.principal_entity = entity
    return _grant(mandate, (entity.key,), by, at)


@transaction.atomic
def register_guardian(
    *, ward_id: str, guardian_id: str, relation: str, by: Actor, at: dt.datetime, proof: dict[str, Any] | None = None
) -> MandateShape:
    """Return the guardianship（监护）of a minor; it ends by itself on the eve of the birthday of majority.

    Refused（422）when the ward is of age, （403）without the right to register mandates.
    """
    require(by, "mandate.register")
    ward = resident_record(ward_id)
    born_on = dt.date.fromisoformat(ward.particulars["born_on"])
    years, basis = majority()
    until = _birthday(born_on, years) - dt.timedelta(days=1)
    if until < local_date(at):
        raise Refused(
            "people.guardian.of-age",
            f"被监护人已满 {years} 周岁，不能登记未成年人监护。如属成年监护，请凭法院判决办理。",
            f"The ward is {years} or older, so no guardianship of a minor is registered; adults need a court's ruling.",
            basis=basis,
        )
    mandate = _open(Mandate.Kind.GUARDIANSHIP, guardian_id, by, at, None, None, until, relation, proof)
    mandate.principal_resident = ward
    return _grant(mandate, (ward.key,), by, at)


def end_delegation(*, mandate_id: str, by: Actor, at: dt.datetime, reason: str = "") -> MandateShape:
    """Return the delegation ended at once, by either side. Refused（403）for others, （409）when it has ended."""
    return _end(Mandate.Kind.DELEGATION, mandate_id, by, at, reason)


def end_agency(*, mandate_id: str, by: Actor, at: dt.datetime, reason: str = "") -> MandateShape:
    """Return the agent's authorisation ended at once, by the legal representative or the agent."""
    return _end(Mandate.Kind.AGENCY, mandate_id, by, at, reason)


def end_guardianship(*, mandate_id: str, by: Actor, at: dt.datetime, reason: str = "") -> MandateShape:
    """Return the guardianship ended, by who may register mandates: a guardian does not lay it down alone."""
    return _end(Mandate.Kind.GUARDIANSHIP, mandate_id, by, at, reason)


@transaction.atomic
def _end(kind: Mandate.Kind, mandate_id: str, by: Actor, at: dt.datetime, reason: str) -> MandateShape:
    found = Mandate.objects.select_for_update(of=("self",)).filter(pk=to_uuid(mandate_id), kind=kind)
    mandate = found.select_related("principal_resident", "principal_entity__representative", "agent").first()
    if mandate is None:
        raise Refused(
            "people.mandate.unknown", "没有这项授权。请刷新授权列表。", "No such mandate. Reload the list.", status=404
        )
    _require_side(mandate, by)
    if mandate.ended_at is not None:
        raise conflict("people.mandate.ended", "这项授权已经结束，无需再次操作。", "This mandate has ended already.")
    mandate.ended_at, mandate.ended_by_id, mandate.end_reason = at, by.account_id, reason
    mandate.save(update_fields=["ended_at", "ended_by", "end_reason"])
    principal = mandate.principal_entity or mandate.principal_resident
    body = {"mandate": mandate.pk, "kind": mandate.kind}
    announce(Event("mandate.ended", by, at, body, (principal.key, mandate.agent.key), "结束代办授权", "Mandate ended"))
    return to_mandate(mandate, by)


def _open(
    kind: Mandate.Kind,
    agent_id: str,
    by: Actor,
    at: dt.datetime,
    matter_codes: Iterable[str] | None,
    valid_from: dt.date | None,
    valid_until: dt.date | None,
    relation: str,
    proof: dict[str, Any] | None,
) -> Mandate:
    starts_on = valid_from or local_date(at)
    if valid_until is not None and (valid_until < starts_on or valid_until < local_date(at)):
        raise Refused(
            "people.mandate.dates",
            "授权的截止日期须不早于开始日期和今天。请更正日期。",
            "A mandate ends on or after its first day, and not before today. Correct the dates.",
            field="valid_until",
        )
    if len(relation) > LONGEST_RELATION:
        raise Refused(
            "people.mandate.relation",
            f"关系不超过 {LONGEST_RELATION} 个字，例如“配偶”“女儿”。请缩短后再填。",
            f"The relation has at most {LONGEST_RELATION} characters, such as “spouse” or “daughter”. Shorten it.",
            field="relation",
        )
    return Mandate(
        kind=kind,
        relation=relation,
        agent=resident_record(agent_id),
        matter_codes=None if matter_codes is None else sorted(set(matter_codes)),
        valid_from=starts_on,
        valid_until=valid_until,
        proof=proof,
        created_at=at,
        created_by_id=by.account_id,
    )


def _grant(mandate: Mandate, about: tuple[str, ...], by: Actor, at: dt.datetime) -> MandateShape:
    if mandate.principal_resident_id == mandate.agent_id:
        raise Refused(
            "people.mandate.to-oneself",
            "不能委托自己。请填写另一位代办人。",
            "Nobody delegates to themselves. Name another person.",
            field="agent",
        )
    mandate.save(force_insert=True)
    body = {
        "mandate": mandate.pk,
        "kind": mandate.kind,
        "matters": mandate.matter_codes,
        "from": mandate.valid_from,
        "until": mandate.valid_until,
    }
    announce(Event("mandate.granted", by, at, body, (*about, mandate.agent.key), "登记代办授权", "Mandate granted"))
    return to_mandate(mandate, by)


def _principal(by: Actor, principal_id: str | None, proof: dict[str, Any] | None) -> Resident:
    if principal_id is None and by.resident is not None:
        return resident_record(by.resident.id)
    require(by, "mandate.register")
    if not proof or principal_id is None:
        raise Refused(
            "people.mandate.no-proof",
            "窗口登记委托须指明委托人并附委托书等证明。请补充后再登记。",
            "A delegation registered at the window names the principal and a proof. Add them and try again.",
            field="proof",
        )
    return resident_record(principal_id)


def _require_side(mandate: Mandate, by: Actor) -> None:
    """Return when `by` may end the mandate: either side of it, except a ward's guardian; or who registers mandates."""
    entity = mandate.principal_entity
    sides = {mandate.agent.key}
    if mandate.principal_resident:
        sides.add(mandate.principal_resident.key)
    elif entity and entity.representative:
        sides.add(entity.representative.key)
    is_side = by.resident is not None and by.resident.key in sides and mandate.kind != Mandate.Kind.GUARDIANSHIP
    if not is_side:
        require(by, "mandate.register")


def _birthday(born_on: dt.date, years: int) -> dt.date:
    """Return the birthday `years` later; 29 February becomes 1 March in common years (民法典 §200, full years)."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return dt.date(born_on.year + years, 3, 1)
