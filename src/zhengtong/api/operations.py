"""Every operation, once（接口一览）: method, path, scope, what it takes, what it gives, and the door it asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from msgspec import Struct

from zhengtong.api import structures as told
from zhengtong.api import telling
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.matters import queries as matters
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import local_date

MOST_PAGES = 500
APPLY, HANDLE = "cases:apply", "cases:handle"


@dataclass(frozen=True)
class Call:
    """One request, understood: who, with what, about which version."""

    by: Actor
    scopes: frozenset[str]
    at: dt.datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    version: int | None
    key: str


@dataclass(frozen=True)
class Parameter:
    """A query parameter: what it is and what it may be, as JSON Schema."""

    name: str
    title: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation: `scopes` of which a token needs one, none for an open one; `needs_version` demands If-Match."""

    name: str
    method: str
    path: str
    title_zh: str
    title_en: str
    run: Callable[[Call], Struct]
    gives: type[Struct]
    scopes: tuple[str, ...] = ()
    takes: type[told.Taken] | None = None
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    is_open: bool = False
    takes_version: bool = False
    needs_version: bool = False
    takes_key: bool = False
    refusals: tuple[int, ...] = field(default=())


Q = Parameter(
    "q",
    "编号、事项名称或证件号码 / number, words of the title, or an identity number",
    {"type": "string", "maxLength": 100},
)
PAGE = Parameter("page", "第几页 / which page", {"type": "integer", "minimum": 1, "maximum": MOST_PAGES})


def _me(call: Call) -> told.Me:
    return telling.me(call.by, call.scopes)


def _matters(call: Call) -> told.Matters:
    q = call.query.get("q", "")
    if q:
        found = matters.search(q)
        return told.Matters([telling.matter(one) for one in found.hits], found.total)
    listed = matters.list_matters(page=int(call.query.get("page", "1")))
    return told.Matters([telling.matter(one) for one in listed.matters], listed.total)


def _form(call: Call) -> told.Form:
    return telling.form(
        matters.get_pack(call.path["code"], on=local_date(call.at), region_code=settings.ZHENGTONG_REGION)
    )


def _file(call: Call) -> told.Case:
    new = call.body
    files = [(file.material_id, file.name, file.content) for file in new.files]
    return telling.case(
        actions.file_case(
            matter_code=new.matter, values=new.values, answers=new.answers, files=files,
            region_code=new.region or None, key=call.key, by=call.by, at=call.at,
        )
    )  # fmt: skip


def _mine(call: Call) -> told.Page:
    rows = [telling.own_line(one) for one in queries.list_my_cases(call.by, at=call.at)]
    return told.Page(rows, len(rows), 1, 1)


def _search(call: Call) -> told.Page:
    q, page = call.query.get("q", ""), int(call.query.get("page", "1"))
    return telling.page(queries.search_cases(call.by, q, page, at=call.at))


def _queue(call: Call) -> told.Page:
    q, page = call.query.get("q", ""), int(call.query.get("page", "1"))
    return telling.page(queries.list_queue(call.by, "", q, page, at=call.at))


def _pool(call: Call) -> told.Page:
    q, page = call.query.get("q", ""), int(call.query.get("page", "1"))
    return telling.page(queries.list_pool(call.by, q, page, at=call.at))


def _get(call: Call) -> told.Case:
    return telling.case(queries.get_case(call.path["no"], call.by, at=call.at))


def _claim(call: Call) -> told.Case:
    return telling.case(actions.claim_task(case_no=call.path["no"], version=call.version, by=call.by, at=call.at))


def _release(call: Call) -> told.Case:
    return telling.case(actions.release_task(case_no=call.path["no"], version=call.version, by=call.by, at=call.at))


def _accept(call: Call) -> told.Case:
    return telling.case(actions.accept_case(case_no=call.path["no"], version=call.version, by=call.by, at=call.at))


def _decide(call: Call) -> told.Case:
    said, version = call.body, call.version
    assert version is not None, "declared as needed"
    return telling.case(
        actions.settle_case(
            case_no=call.path["no"], decision=said.decision, reason=said.reason, outcome=said.outcome,
            version=version, by=call.by, at=call.at,
        )
    )  # fmt: skip


def _withdraw(call: Call) -> told.Case:
    return telling.case(actions.withdraw_case(case_no=call.path["no"], reason=call.body.reason, by=call.by, at=call.at))


def _track(call: Call) -> told.Progress:
    asked = call.body
    return telling.progress(queries.track(asked.no, asked.phone_last4, asked.code, at=call.at))


OPERATIONS = (
    Operation("me", "GET", "me", "当前令牌是谁", "Who acts with the token", _me, told.Me, (APPLY, HANDLE)),
    Operation(
        "matters", "GET", "matters", "查事项", "Find matters", _matters, told.Matters, is_open=True, parameters=(Q, PAGE)
    ),
    Operation(
        "form", "GET", "matters/{code}/form", "事项要填什么", "What a matter asks", _form, told.Form,
        is_open=True, refusals=(404, 409),
    ),
    Operation(
        "file", "POST", "cases", "申报", "File an application", _file, told.Case, (APPLY,), told.NewCase, 201,
        takes_key=True, refusals=(404, 409),
    ),
    Operation(
        "search", "GET", "cases", "查本机构办件", "Search the organisation's cases", _search, told.Page, (HANDLE,),
        parameters=(Q, PAGE),
    ),
    Operation("mine", "GET", "my/cases", "我的办件", "One's own cases", _mine, told.Page, (APPLY,)),
    Operation("queue", "GET", "my/queue", "我的待办", "One's queue", _queue, told.Page, (HANDLE,), parameters=(Q, PAGE)),
    Operation("pool", "GET", "my/pool", "待认领", "What waits to be taken", _pool, told.Page, (HANDLE,), parameters=(Q, PAGE)),
    Operation("get", "GET", "cases/{no}", "看办件", "See a case", _get, told.Case, (APPLY, HANDLE), refusals=(404,)),
    Operation(
        "claim", "POST", "cases/{no}/claim", "认领", "Take a case", _claim, told.Case, (HANDLE,), told.Nothing,
        takes_version=True, refusals=(404, 409),
    ),
    Operation(
        "release", "POST", "cases/{no}/release", "退回待认领", "Put a case back", _release, told.Case, (HANDLE,), told.Nothing,
        takes_version=True, refusals=(404, 409),
    ),
    Operation(
        "accept", "POST", "cases/{no}/accept", "受理", "Accept a case", _accept, told.Case, (HANDLE,), told.Nothing,
        takes_version=True, refusals=(404, 409),
    ),
    Operation(
        "decide", "POST", "cases/{no}/decide", "办结", "Decide a case", _decide, told.Case, (HANDLE,), told.Decision,
        takes_version=True, needs_version=True, refusals=(404, 409, 428),
    ),
    Operation(
        "withdraw", "POST", "cases/{no}/withdraw", "撤回", "Withdraw a case", _withdraw, told.Case, (APPLY,),
        told.Withdrawal, refusals=(404, 409),
    ),
    Operation(
        "track", "POST", "track", "凭回执查进度", "Where a case stands, by its receipt", _track, told.Progress,
        takes=told.Tracking, is_open=True, refusals=(404,),
    ),
)  # fmt: skip
