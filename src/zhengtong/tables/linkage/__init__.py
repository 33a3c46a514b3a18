"""Rows of several tables that are of one person or enterprise（数据关联）, linked with reasons and lasting identifiers."""

from zhengtong.tables.linkage.linking import Linked, link
from zhengtong.tables.linkage.pairing import LinkSource
from zhengtong.tables.linkage.rules import LinkRules, describe_reason, get_rules, to_rules

__all__ = ["LinkRules", "LinkSource", "Linked", "describe_reason", "get_rules", "link", "to_rules"]
