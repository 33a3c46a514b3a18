"""Signing in: by name or phone, locked out after five failures, idle sessions end, officers bring a second factor."""

from __future__ import annotations

from pathlib import Path

import allauth
import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from tests.apps.people.town import PASSWORD, Town
from zhengtong.apps.people import actions, queries
from zhengtong.apps.people.models import Account
from zhengtong.apps.people.shapes import SYSTEM

WRONG = "Lanjiang-Wrong-7"


@pytest.fixture(autouse=True)
def pages(settings, town: Town) -> None:
    settings.ROOT_URLCONF = "tests.apps.people.signin_urls"
    settings.LOGIN_REDIRECT_URL = "/my/"
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "zhengtong.apps.people.signin.IdleLimitMiddleware",
        "zhengtong.apps.people.signin.SecondFactorMiddleware",
        "axes.middleware.AxesMiddleware",
    ]
    processors = ["request", "auth", "messages"]
    modules = {"request": "django.template", "auth": "django.contrib.auth", "messages": "django.contrib.messages"}
    settings.TEMPLATES = [  # allauth's own pages: those of the portals are the portals' to test
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [Path(allauth.__file__).parent / "templates"],
            "OPTIONS": {"context_processors": [f"{modules[name]}.context_processors.{name}" for name in processors]},
        }
    ]
    settings.AXES_LOCKOUT_CALLABLE = None
    settings.AXES_USERNAME_CALLABLE = "zhengtong.apps.people.signin.lockout_name"
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip"}
    cache.clear()


def sign_in(client: Client, typed: str, password: str = PASSWORD) -> int:
    return client.post("/accounts/login/", {"login": typed, "password": password}).status_code


def whoami(client: Client) -> str:
    return client.get("/my/").content.decode()


@pytest.mark.parametrize("typed", ["mother", "MOTHER", "13900000001", "139 0000 0001", "１３９０００００００１"])
def test_one_signs_in_by_name_or_phone(client: Client, typed: str) -> None:
    assert sign_in(client, typed) == 302
    assert whoami(client) == "mother"


def test_a_user_name_with_hyphens_signs_in(client: Client, now) -> None:
    actions.open_account(username="public-security.window", password=PASSWORD, label="窗口", by=SYSTEM, at=now)
    assert sign_in(client, "Public-Security.Window ") == 302


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client) -> None:
    answers = [
        client.post("/accounts/login/", {"login": typed, "password": WRONG}).context["form"].errors
        for typed in ("mother", "nobody.at.all")
    ]
    assert answers[0] == answers[1]
    assert whoami(client) == "nobody"


def test_five_failures_lock_the_account_however_it_is_named(client: Client) -> None:
    codes = [sign_in(client, typed, WRONG) for typed in ("mother", "13900000001", "mother", "13900000001", "mother")]
    assert codes[:4] == [200] * 4
    assert codes[4] == 429
    assert sign_in(client, "mother") == 429, "the right password does not open a locked account"
    assert sign_in(client, "13900000001") == 429
    assert sign_in(client, "father") == 302, "another account is not locked"


def test_an_account_without_a_password_lets_nobody_in(client: Client, now) -> None:
    actions.open_account(username="empty", by=SYSTEM, at=now)
    assert sign_in(client, "empty", "") == 200
    assert sign_in(client, "empty", "None") == 200
    assert whoami(client) == "nobody"


def test_a_closed_account_is_not_entered_and_its_session_ends(client: Client, town: Town, now) -> None:
    assert sign_in(client, "mother") == 302
    actions.close_account(account_id=town.mother_account.id, by=SYSTEM, at=now)
    assert whoami(client) == "nobody"


def test_an_idle_session_ends(client: Client, settings) -> None:
    assert sign_in(client, "mother") == 302
    assert whoami(client) == "mother"
    session = client.session
    session["seen_at"] -= 29 * 60
    session.save()
    assert whoami(client) == "mother", "within the limit; and the visit counts"
    session = client.session
    session["seen_at"] -= 31 * 60
    session.save()
    assert whoami(client) == "nobody"


def test_nobody_opens_an_account_alone(client: Client) -> None:
    form = {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", form)
    assert queries.find_account("mallory") is None


def test_an_officer_sets_up_a_second_factor_before_anything_else(client: Client, settings, town: Town, now) -> None:
    settings.ZHENGTONG_REQUIRE_MFA = True
    actions.appoint_officer(
        account_id=town.father_account.id,
        organisation_id=town.police.id,
        title_zh="民警",
        title_en="Officer",
        roles=["window"],
        by=SYSTEM,
        at=now,
    )
    sign_in(client, "father")
    assert client.get("/my/")["Location"] == "/accounts/2fa/totp/activate/"
    secret = {"secret": get_adapter().encrypt("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user_id=town.father_account.id, type=Authenticator.Type.TOTP, data=secret)
    assert whoami(client) == "father"
    parent = Client()
    sign_in(parent, "mother")
    assert whoami(parent) == "mother", "residents are not asked"


def test_whoever_has_a_second_factor_is_asked_for_it(client: Client, town: Town) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = "JBSWY3DPEHPK3PXP"
    Authenticator.objects.create(
        user_id=town.mother_account.id, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)}
    )
    assert sign_in(client, "mother") == 302
    assert whoami(client) == "nobody"
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert whoami(client) == "nobody"
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert whoami(client) == "mother"


@pytest.mark.parametrize("password", ["short-A1", "alllowercaseletters", "1234567890123", "mother-mother"])
def test_a_weak_password_opens_no_account(settings, now, refuses, password: str) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "zhengtong.apps.people.passwords.KindsOfCharacters"},
    ]
    with refuses("people.password.weak"):
        actions.open_account(username="mother-in-law", password=password, by=SYSTEM, at=now)


@pytest.mark.parametrize("username", ["", "ab", "9lives", "a b c", "王若兰", "x" * 65, "a;drop"])
def test_a_malformed_user_name_is_refused(now, refuses, username: str) -> None:
    with refuses("people.username.malformed"):
        actions.open_account(username=username, password=PASSWORD, by=SYSTEM, at=now)


def test_a_name_a_phone_and_a_person_each_have_one_account(town: Town, now, refuses) -> None:
    for taken in (
        {"username": "mother"},
        {"username": "x-new", "phone": "13900000001"},
        {"username": "x-new", "resident_id": town.mother.id},
    ):
        with refuses("people.account.taken", 409):
            actions.open_account(**taken, password=PASSWORD, by=SYSTEM, at=now)


def test_an_account_is_tied_to_a_person_once(town: Town, now, refuses) -> None:
    fresh = actions.open_account(username="fresh", password=PASSWORD, by=SYSTEM, at=now)
    with refuses("people.account.linked", 409):
        actions.link_resident(account_id=fresh.id, resident_id=town.mother.id, by=SYSTEM, at=now)
    with refuses("people.account.linked", 409):
        actions.link_resident(account_id=town.mother_account.id, resident_id=town.father.id, by=SYSTEM, at=now)
    assert Account.objects.get(username="mother").label == "王*兰"
