"""Tokens（访问令牌）: who acts with one, and which an account has."""

from __future__ import annotations

import datetime as dt
import hashlib

from zhengtong.apps.people.models import AccessToken
from zhengtong.apps.people.queries.acting import actor_of
from zhengtong.apps.people.queries.standing import find_standing_with_token
from zhengtong.apps.people.shapes import Actor, TokenShape
from zhengtong.kit import Refused, local_date

PREFIX = "zt_"


def get_token_actor(secret: str, *, at: dt.datetime) -> tuple[Actor, frozenset[str]]:
    """Return who acts with a token at this moment, and what it is for; the account's posts and mandates count as of now.

    Refused（401 `people.token.invalid`）the same way for an unknown, ended and expired token, and for a closed account.
    """
    found = find_standing_with_token(digest_of(secret), at)
    if found is None:
        raise _invalid()
    standing, token = found
    day = local_date(at)
    if token.last_used_on != day:
        AccessToken.objects.filter(pk=token.id).update(last_used_on=day)
    return actor_of(standing, token.organisation_id, token.acting_for or None, day), token.scopes


def list_tokens(by: Actor) -> list[TokenShape]:
    """Return the tokens of the actor's own account, newest first."""
    tokens = AccessToken.objects.filter(account_id=by.account_id).order_by("-made_at")
    return [to_token(token) for token in tokens]


def to_token(token: AccessToken) -> TokenShape:
    """Return a token's shape: never the secret, which nobody has kept."""
    return TokenShape(
        id=token.pk,
        name=token.name,
        scopes=tuple(token.scopes),
        organisation_id=token.organisation_id,
        acting_for=token.acting_for,
        made_at=token.made_at,
        expires_at=token.expires_at,
        ended_at=token.ended_at,
        last_used_on=token.last_used_on,
    )


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _invalid() -> Refused:
    return Refused(
        "people.token.invalid",
        "访问令牌无效、已到期或已停用。请在账户中重新签发。",
        "The access token is not valid, has expired or was ended. Issue a new one for the account.",
        status=401,
    )
