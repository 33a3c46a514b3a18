"""Tokens are issued for an account and ended（访问令牌）."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from django.db import transaction

from zhengtong.apps.people.events import Event, announce
from zhengtong.apps.people.models import AccessToken, Account
from zhengtong.apps.people.queries.acting import get_actor
from zhengtong.apps.people.queries.tokens import PREFIX, digest_of, to_token
from zhengtong.apps.people.shapes import TOKEN_SCOPES, Actor, TokenShape
from zhengtong.kit import Refused

LONGEST_DAYS = 365
SECRET_BYTES = 32


@transaction.atomic
def issue_token(
    *,
    account_id: int,
    name: str,
    scopes: Sequence[str],
    days: int,
    by: Actor,
    at: dt.datetime,
    organisation_id: int | None = None,
    acting_for: str = "",
) -> tuple[TokenShape, str]:
    """Return a token（访问令牌）and its secret, told this once: only the digest is kept.

    By the account itself or the system. It carries no right of its own: whoever uses it is the account, in the post or
    for the person named, with what these permit at that moment, within `scopes`. Refused: for somebody else（403）, an
    unknown scope or a time beyond a year（422）, a post or mandate that is not there（403）.
    """
    if by.kind != "system" and by.account_id != account_id:
        raise Refused(
            "people.token.not-own",
            "只能为自己的账户签发令牌。请由本人签发。",
            "A token is issued by the account it is for. Let the person issue it.",
            status=403,
        )
    _require_terms(scopes, days)
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None:
        raise _no_account()
    get_actor(
        account, organisation_id=organisation_id, acting_for=acting_for or None, at=at
    )  # refuses what is not there
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = AccessToken.objects.create(
        digest=digest_of(secret),
        name=name.strip()[:80] or "API",
        account=account,
        organisation_id=organisation_id,
        acting_for=acting_for,
        scopes=sorted(set(scopes)),
        made_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    body = {"account": account_id, "token": token.pk, "scopes": token.scopes, "until": token.expires_at}
    announce(Event("token.issued", by, at, body, (), "签发访问令牌", "Access token issued"))
    return to_token(token), secret


@transaction.atomic
def end_token(*, token_id: int, by: Actor, at: dt.datetime) -> TokenShape:
    """Return the token ended（停用）: the next call with it is refused. Ending it again changes nothing."""
    own = AccessToken.objects.select_for_update()
    own = own if by.kind == "system" else own.filter(account_id=by.account_id)
    token = own.filter(pk=token_id).first()
    if token is None:
        raise Refused(
            "people.token.unknown",
            "您的账户没有这个令牌。请从列表中选择。",
            "Your account has no such token. Choose one from the list.",
            status=404,
        )
    if token.ended_at is None:
        token.ended_at = at
        token.save(update_fields=["ended_at"])
        body = {"account": token.account_id, "token": token.pk}
        announce(Event("token.ended", by, at, body, (), "停用访问令牌", "Access token ended"))
    return to_token(token)


def _require_terms(scopes: Sequence[str], days: int) -> None:
    unknown = sorted(set(scopes) - TOKEN_SCOPES.keys())
    if unknown or not scopes or not 1 <= days <= LONGEST_DAYS:
        raise Refused(
            "people.token.terms",
            f"令牌的用途可选：{'、'.join(sorted(TOKEN_SCOPES))}；有效期 1 至 {LONGEST_DAYS} 天。请更正。",
            f"A token is for some of {', '.join(sorted(TOKEN_SCOPES))}, for 1 to {LONGEST_DAYS} days. Correct it.",
            field="scopes" if unknown or not scopes else "days",
        )


def _no_account() -> Refused:
    return Refused(
        "people.token.no-account",
        "没有这个可用的账户。请核对用户名。",
        "There is no such account in use. Check the user name.",
        status=404,
    )
