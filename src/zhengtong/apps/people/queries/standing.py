"""What an account is on a day（任职情况）: its person, duty and posts in one statement, since every request asks it.

Nothing is kept from one request to the next: whoever lost a post, a duty or a token is told so by the very next call,
whichever process answers it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection, models

from zhengtong.apps.people import statements
from zhengtong.apps.people.models import AccessToken, Resident
from zhengtong.apps.people.particulars import resident_subject
from zhengtong.apps.people.shapes import Duty, OrganisationShape, Subject
from zhengtong.kit import local_date

_OWN = ("account.id", "account.label", "resident.id", "resident.key", "resident.particulars", "duty.duty", "post.id")
_ORGANISATION = tuple(f"organisation.{field.name}" for field in fields(OrganisationShape))
_COLUMNS = (*_OWN, *_ORGANISATION, "role.role")
_HELD = """
    LEFT JOIN people_resident resident ON resident.id = account.resident_id
    LEFT JOIN people_adminduty duty ON duty.account_id = account.id AND duty.ended_at IS NULL
    LEFT JOIN people_post post ON post.account_id = account.id AND post.ended_at IS NULL
        AND post.valid_from <= %s AND (post.valid_to IS NULL OR post.valid_to >= %s)
    LEFT JOIN people_organisation organisation ON organisation.id = post.organisation_id AND organisation.closed_on IS NULL
    LEFT JOIN people_postrole role ON role.post_id = post.id
"""
_TOKEN = ("token.id", "token.organisation_id", "token.acting_for", "token.scopes", "token.last_used_on")
_OF_ACCOUNT = f"SELECT {', '.join(_COLUMNS)} FROM people_account account {_HELD} WHERE account.id = %s ORDER BY post.id"  # noqa: S608
_OF_TOKEN = (
    f"SELECT {', '.join((*_COLUMNS, *_TOKEN))} "  # noqa: S608 - our own names
    f"FROM people_accesstoken token JOIN people_account account ON account.id = token.account_id {_HELD} "
    "WHERE token.digest = %s AND token.ended_at IS NULL AND token.expires_at > %s AND account.is_active ORDER BY post.id"
)


@dataclass(frozen=True)
class HeldPost:
    """A post in force: where, and with which roles."""

    organisation: OrganisationShape
    roles: frozenset[str]


@dataclass(frozen=True)
class HeldToken:
    """A token in force: in which post or for whom it acts, what it is for, and when it last did."""

    id: int
    organisation_id: int | None
    acting_for: str
    scopes: frozenset[str]
    last_used_on: dt.date | None


@dataclass(frozen=True)
class Standing:
    """An account with its person, its duty and the posts it holds（任职情况）, the earliest first."""

    account_id: int
    label: str
    resident: Subject | None
    duty: Duty | None
    posts: tuple[HeldPost, ...]


def find_standing(account_id: int, day: dt.date) -> Standing | None:
    """Return what an account is on a day, None when there is no such account."""
    on = connection.ops.adapt_datefield_value(day)
    rows = statements.execute(_OF_ACCOUNT, [on, on, account_id]).fetchall()
    return _standing(rows) if rows else None


def find_standing_with_token(digest: str, at: dt.datetime) -> tuple[Standing, HeldToken] | None:
    """Return what the account of a token is at a moment, and the token; None unless both are in force."""
    on, moment = connection.ops.adapt_datefield_value(local_date(at)), connection.ops.adapt_datetimefield_value(at)
    rows = statements.execute(_OF_TOKEN, [on, on, digest, moment]).fetchall()
    return (_standing(rows), _token(rows[0][-len(_TOKEN) :])) if rows else None


def _standing(rows: Sequence[Sequence[Any]]) -> Standing:
    account_id, label, resident_id, key, particulars, duty, _ = rows[0][: len(_OWN)]
    return Standing(account_id, label, _subject(resident_id, key, particulars), duty, _posts(rows))


def _subject(resident_id: Any, key: str, particulars: str) -> Subject | None:
    if resident_id is None:
        return None
    clear = _field(Resident, "particulars").from_db_value(particulars, None, connection)
    return resident_subject(str(_field(Resident, "id").to_python(resident_id)), key, clear)


def _token(row: Sequence[Any]) -> HeldToken:
    token_id, organisation_id, acting_for, scopes, last_used_on = row
    named = frozenset(_field(AccessToken, "scopes").from_db_value(scopes, None, connection))
    return HeldToken(
        token_id, organisation_id, acting_for, named, _field(AccessToken, "last_used_on").to_python(last_used_on)
    )


def _posts(rows: Sequence[Sequence[Any]]) -> tuple[HeldPost, ...]:
    """Return the posts in rows of one for each role; a post in a closed organisation counts no more."""
    start, end = len(_OWN), len(_OWN) + len(_ORGANISATION)
    organisations: dict[int, OrganisationShape] = {}
    roles: dict[int, set[Any]] = {}
    for row in rows:
        if row[start] is not None:
            post_id = row[start - 1]
            organisations.setdefault(post_id, OrganisationShape(*row[start:end]))
            roles.setdefault(post_id, set()).add(row[end])
    return tuple(HeldPost(found, frozenset(roles[post_id] - {None})) for post_id, found in organisations.items())


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
