"""Every route is guarded, and every route answers every role as the matrix beside this file says（授权矩阵）.

`routes.txt` is the declaration: one line per route and method, one column per role. A new route, or another answer,
fails until the line is changed on purpose: run with ZHENGTONG_DECLARE_ROUTES=1 to write what is answered now, read the
difference, and commit it only if it is meant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.apps.bad_input.city import City
from tests.apps.bad_input.doors import browser, filler
from tests.apps.bad_input.passing import passing_city

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
DECLARED = Path(__file__).parent / "routes.txt"
GUARDS = {"open", "signed-in", "officer", "token"}
ROLES = {
    "nobody": "",
    "resident": "mother",
    "stranger": "newcomer",
    "window": "health.window",
    "examiner": "health.examiner",
    "leader": "health.leader",
    "elsewhere": "education.examiner2",
    "steward": "public-security.data",
    "approver": "public-security.approver",
    "sysadmin": "sysadmin",
    "secadmin": "secadmin",
    "auditadmin": "auditadmin",
}
# what a parameter stands for, by route where one name means several things: the mother's own, or health's own
STANDS_FOR = {
    "citizen:department": {"code": "{health}"},
    "citizen:life": {"code": "birth"},
    "citizen:service": {"code": "residence-permit"},
    "citizen:start": {"code": "residence-permit"},
    "citizen:theme": {"slug": "birth"},
    "citizen:proof": {"no": "{receipt}"},
    "citizen:doubt": {"no": "{receipt}"},
    "citizen:shown": {"token": "forged"},
    "api:matters-code-form": {"code": "residence-permit"},
    "citizen:form": {"draft_id": "{draft}", "page_id": "services"},
    "desk": {"no": "{accepted}", "file_id": "{file}", "verb": "consult"},
    "data:grant": {"no": "{granted}"},
    "data:revoke": {"no": "{granted}"},
    "data:suspend": {"no": "{granted}"},
    "data:resume": {"no": "{granted}"},
    "data": {"no": "{submitted}", "name": "population", "client_id": "{granted_client}"},
    "api": {"no": "{whole}"},
    "citizen": {"no": "{whole}", "draft_id": "{draft}", "identifier": "{certificate}", "notice_id": "{notice}"},
}
NOBODYS = {
    "str": "none",
    "slug": "none",
    "path": "none",
    "int": "999999",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
# allauth's own views: it guards them itself, so each is named here
SIGN_IN = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_email",
    "account_confirm_login_code", "account_email_verification_sent", "account_confirm_email", "account_change_password", "account_set_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes", "mfa_download_recovery_codes",
    "mfa_trust", "usersessions_list",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One address pattern with its view."""

    namespace: str
    name: str
    pattern: str
    view: Any

    @property
    def full_name(self) -> str:
        return f"{self.namespace}:{self.name}" if self.namespace else self.name

    def address(self, city: City) -> str:
        wanted = {name: kind for kind, name in re.findall(r"<(\w+):(\w+)>", self.pattern)}
        meant = {**STANDS_FOR.get(self.namespace, {}), **STANDS_FOR.get(self.full_name, {})}
        values = {name: filler(city)(meant.get(name, NOBODYS[kind])) for name, kind in wanted.items()}
        return reverse(self.full_name, kwargs=values)


def routes() -> list[Route]:
    """Return every route of the site, each once."""
    found = {(route.full_name, route.pattern): route for route in walk(get_resolver(), "")}
    return sorted(found.values(), key=lambda route: (route.namespace, route.pattern))


def walk(resolver: URLResolver, namespace: str) -> Iterator[Route]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from walk(one, one.namespace or namespace)
        elif isinstance(one, URLPattern):
            yield Route(namespace, one.name or "", str(one.pattern), one.callback)


def test_every_view_says_who_may_enter():
    unguarded = [
        route.full_name
        for route in routes()
        if route.full_name not in SIGN_IN and getattr(route.view, "guard", "") not in GUARDS
    ]
    assert unguarded == [], "mark the view with signed_in, open_to_all or the portal's own guard"


def test_the_views_of_sign_in_are_those_listed():
    """A new view of allauth's is looked at before it is let in."""
    met = {route.full_name for route in routes() if not route.namespace}
    assert met <= SIGN_IN, met - SIGN_IN


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[City]:
    """The city with something of everything in it, gone after this file."""
    with passing_city(django_db_blocker, tmp_path_factory.mktemp("home")) as founded:
        yield founded


def test_a_guarded_route_sends_nobody_in(city):
    """Whoever is not signed in is sent to sign in or refused, whatever the method; nothing is done."""
    client = browser("")
    for route in routes():
        if getattr(route.view, "guard", "open") == "open" or not route.name:
            continue
        address = route.address(city)
        for answer in (client.get(address), client.post(address)):
            sent = answer.status_code == 302 and answer.headers["Location"].startswith("/accounts/login/")
            assert sent or answer.status_code in (401, 403, 405), (route.full_name, answer.status_code)


def test_every_route_answers_every_role_as_declared(city):
    """The matrix, printed; a fault of ours is never among the answers."""
    browsers = {role: browser(who) for role, who in ROLES.items()}
    lines = ["route".ljust(38) + " ".join(f"{role:>10}" for role in ROLES)]
    for route in routes():
        if not route.namespace or not route.name:
            continue
        address = route.address(city)
        for method in ("get", "post"):
            told = [str(answered(client, method, address)) for client in browsers.values()]
            lines.append(f"{method.upper():<5}{route.full_name:<33}" + " ".join(f"{status:>10}" for status in told))
    matrix = "\n".join(lines) + "\n"
    if os.environ.get("ZHENGTONG_DECLARE_ROUTES"):
        DECLARED.write_text(matrix, "utf-8")
    print("\n" + matrix)
    assert not re.search(r"\b5\d\d\b", matrix), "a fault of ours"
    assert matrix.splitlines() == DECLARED.read_text("utf-8").splitlines(), "change routes.txt on purpose, or the route"


def answered(client, method: str, address: str) -> int:
    """Return the status, and take back whatever the request did."""
    with transaction.atomic():
        status = getattr(client, method)(address).status_code
        transaction.set_rollback(True)
    return status
