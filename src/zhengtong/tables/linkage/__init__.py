"""Rows of several tables that are of one person or enterprise（数据关联）, linked with reasons and lasting identifiers."""

from zhengtong.tables.linkage.linking import Decision, Linked, link
from zhengtong.tables.linkage.merging import MergedField, MergeSource, Register, merge
from zhengtong.tables.linkage.pairing import LinkSource
from zhengtong.tables.linkage.rules import LinkRules, describe_reason, get_rules, to_rules

__all__ = [
    "Decision",
    "LinkRules",
    "LinkSource",
    "Linked",
    "MergeSource",
    "MergedField",
    "Register",
    "describe_reason",
    "get_rules",
    "link",
    "merge",
    "to_rules",
]
