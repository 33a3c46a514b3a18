"""The codes of sharing in words（代码的说法）: one table each, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

TABLES: Mapping[str, Mapping[str, object]] = {
    "share_type": {"1": _("无条件共享"), "2": _("有条件共享"), "3": _("不予共享")},
    "update_cycle": {
        "realtime": _("实时"),
        "daily": _("每日"),
        "weekly": _("每周"),
        "monthly": _("每月"),
        "quarterly": _("每季度"),
        "half-yearly": _("每半年"),
        "yearly": _("每年"),
        "irregular": _("不定期"),
    },
    "format": {
        "document": _("电子文件"),
        "spreadsheet": _("电子表格"),
        "database": _("数据库"),
        "image": _("图形图像"),
        "stream": _("流媒体"),
        "structured": _("自描述格式"),
    },
    "open_type": {"unconditional": _("无条件开放"), "conditional": _("有条件开放"), "not-open": _("不予开放")},
    "mode": {
        "api": _("接口调用"),
        "prefill": _("办事预填"),
        "batch": _("批量查询"),
        "file": _("文件下发"),
        "compute": _("可用不可见计算"),
    },
    "data_level": {"1": _("1 级"), "2": _("2 级"), "3": _("3 级"), "4": _("4 级")},
    "sensitivity": {"1": _("1 公开"), "2": _("2 一般"), "3": _("3 敏感"), "4": _("4 高敏感")},
    "dimension": {
        "01": _("规范性"),
        "02": _("完整性"),
        "03": _("准确性"),
        "04": _("一致性"),
        "05": _("时效性"),
        "06": _("可访问性"),
    },
    "severity": {"blocking": _("不合格不提供"), "error": _("错误"), "warning": _("提醒"), "notice": _("提示")},
    "source": {
        "file": _("文件"),
        "sqlite": _("SQLite 文件"),
        "postgresql": "PostgreSQL",
        "mysql": "MySQL",
        "http": _("HTTP 接口"),
    },
    "increment": {"full": _("全量"), "append": _("追加"), "upsert": _("按主键更新"), "changes": _("变更记录")},
    "outcome": {
        "running": _("正在读取"),
        "loaded": _("已装载"),
        "held": _("质量不合格，未提供"),
        "unchanged": _("没有变化"),
        "failed": _("失败"),
    },
    "export": {
        "waiting": _("等待生成"),
        "running": _("正在生成"),
        "done": _("可以来取"),
        "failed": _("没有生成"),
        "expired": _("已过保留期"),
    },
    "resource": {
        "draft": _("草稿"),
        "assessed": _("已评估"),
        "approved": _("部门已审核"),
        "published": _("已发布"),
        "suspended": _("已暂停"),
        "withdrawn": _("已撤下"),
    },
    "request": {
        "internal": _("等本机构同意"),
        "submitted": _("等提供部门答复"),
        "supplementing": _("等申请部门补充"),
        "approved": _("已同意"),
        "rejected": _("不同意"),
        "withdrawn": _("已撤回"),
    },
    "grant": {
        "active": _("有效"),
        "suspended": _("已暂停"),
        "revoked": _("已撤销"),
        "expired": _("已到期"),
        "not-yet": _("尚未生效"),
    },
    "told": {
        "fields": _("需要的数据项"),
        "basis": _("依据"),
        "answer_basis": _("答复依据"),
        "violation": _("违规情形"),
        "manner": _("处置方式"),
        "resource": _("数据资源"),
        "grant": _("授权"),
        "request": _("共享申请"),
    },
    "need": {
        "note": _("说明"),
        "basis": _("依据"),
        "provider": _("提供部门"),
        "resource": _("以哪项已发布的资源满足"),
        "manner": _("怎样处置的"),
    },
    "manner": {"deleted": _("已删除"), "returned": _("已退回"), "archived": _("依法归档保存")},
    "violation": {
        "beyond-purpose": _("擅自扩大使用范围、用途"),
        "third-party": _("擅自提供给第三方"),
        "not-disposed": _("目的已实现仍未按要求处置"),
        "collected-twice": _("能共享的数据重复收集"),
        "no-records": _("未按要求保存使用记录"),
        "other": _("其他"),
    },
    "correction": {
        "verifying": _("等数源部门核实"),
        "corrected": _("已更正"),
        "confirmed": _("核实无误"),
        "not-ours": _("不是该部门的数据"),
        "closed": _("已办结"),
        "withdrawn": _("已撤回"),
    },
    "doubt": {"objection": _("本人异议"), "verification": _("部门校核"), "conflict": _("数据冲突")},
    "mask": {
        "": _("不脱敏"),
        "name": _("姓名脱敏"),
        "resident-id": _("身份号码脱敏"),
        "phone": _("手机号脱敏"),
        "landline": _("座机脱敏"),
        "email": _("邮箱脱敏"),
        "bank-card": _("银行卡号脱敏"),
        "plate": _("车牌脱敏"),
        "address": _("地址脱敏"),
        "document-number": _("证件编号脱敏"),
        "birth-date": _("只留出生年份"),
        "hidden": _("全部隐藏"),
    },
}
TONES: Mapping[str, Mapping[str, str]] = {
    "resource": {"published": "lv", "approved": "dai", "assessed": "dai", "suspended": "zi", "withdrawn": "zhu"},
    "request": {
        "internal": "he",
        "submitted": "dai",
        "supplementing": "zi",
        "approved": "lv",
        "rejected": "zhu",
        "withdrawn": "plain",
    },
    "grant": {"active": "lv", "suspended": "zi", "revoked": "zhu", "expired": "plain", "not-yet": "dai"},
    "correction": {"verifying": "dai", "corrected": "lv", "confirmed": "plain", "not-ours": "he"},
    "outcome": {"loaded": "lv", "held": "he", "failed": "zhu", "running": "dai"},
    "sensitivity": {"1": "plain", "2": "plain", "3": "he", "4": "zhu"},
    "share_type": {"1": "lv", "2": "he", "3": "zhu"},
}


def say(table: str, code: object) -> str:
    """Return a code in words; the code itself where the table has none."""
    return str(TABLES[table].get(str(code), code))


def tone(table: str, code: object) -> str:
    """Return the colour name of a code's tag; the words stand beside it always."""
    return TONES.get(table, {}).get(str(code), "plain")


def offered_masks() -> tuple[tuple[str, str], ...]:
    """Return every mask an approver may choose, with its words."""
    return tuple((code, str(words)) for code, words in TABLES["mask"].items())
