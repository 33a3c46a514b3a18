"""The pages of a "no" and of a fault（出错页）: what happened, a number to quote, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhengtong.kit import Refused
from zhengtong.portals.ui.languages import pick
from zhengtong.portals.ui.pages import is_fragment


@dataclass(frozen=True)
class ErrorContext:
    """What an error page shows: never more than the refusal itself says."""

    status: int
    heading: str
    sentence: str
    basis: str
    number: str
    code: str
    kept: bool = False


def headings() -> dict[int, str]:
    """Return the heading of each status the platform answers with."""
    return {
        400: _("这个请求看不懂"),
        401: _("请先登录"),
        403: _("您不能查看这一页"),
        404: _("没有找到"),
        409: _("别人刚刚处理过"),
        410: _("已经不在了"),
        413: _("文件太大"),
        422: _("还不能继续"),
        429: _("操作太频繁"),
        500: _("出了故障"),
        503: _("正在维护"),
    }


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Return the page (or the fragment htmx asked for) that tells a refusal."""
    heading = headings().get(refused.status, headings()[422])
    basis = str(refused.basis) if refused.basis else ""
    return _answer(request, refused.status, heading, pick(refused.zh, refused.en), basis, refused.code)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django names it
    """Answer 400."""
    return _answer(request, 400, headings()[400], _("请从首页重新进入。如果仍然出错，请把下面的编号告诉我们。"))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django names it
    """Answer 403."""
    return _answer(request, 403, headings()[403], _("这一页只对有权限的人开放。请换一个身份登录，或请管理员授权。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django names it
    """Answer 404."""
    return _answer(
        request, 404, headings()[404], _("网址可能抄错了，也可能内容已经下线。可以从首页搜索，或凭办件编号查进度。")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching the database."""
    return _answer(
        request,
        500,
        headings()[500],
        _("是我们的问题，不是您的。已经自动记录；请稍后再试，您填写并保存过的内容都还在。"),
    )


def too_many(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Answer 429: sign-in locked for a while."""
    return _answer(request, 429, headings()[429], _("为了保护账户，暂时不能登录。请过几分钟再试；忘记密码请打 12345。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django names it
    """Answer 403 to a form whose protection token is stale: the page was open too long or cookies are off."""
    return _answer(
        request, 403, _("页面停留太久了"), _("为了安全，请返回上一页、刷新后再提交一次。已保存的内容不会丢失。")
    )


def _answer(
    request: HttpRequest, status: int, heading: str, sentence: str, basis: str = "", code: str = ""
) -> HttpResponse:
    number = getattr(request, "number", "")
    context = ErrorContext(status, heading, sentence, basis, number, code)
    template = "ui/error_fragment.html" if is_fragment(request) else "ui/error.html"
    return render(request, template, vars(context), status=status)
