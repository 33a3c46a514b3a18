"""Doors for changing the catalogue: register → assess → approve → publish, revise, classify, and load the rows."""

from zhengtong.apps.catalog.actions.classes import confirm_field, record_lineage
from zhengtong.apps.catalog.actions.entries import (
    approve_resource,
    assess_resource,
    publish_resource,
    register_resource,
    withdraw_resource,
)
from zhengtong.apps.catalog.actions.noting import mark_changed
from zhengtong.apps.catalog.actions.retaining import hold_version, remove_old_versions
from zhengtong.apps.catalog.actions.rows import load_snapshot, release_snapshot, take_rows
from zhengtong.apps.catalog.actions.versions import publish_revision, reject_revision, revise_resource, submit_revision

__all__ = [
    "approve_resource",
    "assess_resource",
    "confirm_field",
    "hold_version",
    "load_snapshot",
    "mark_changed",
    "publish_resource",
    "publish_revision",
    "record_lineage",
    "register_resource",
    "reject_revision",
    "release_snapshot",
    "remove_old_versions",
    "revise_resource",
    "submit_revision",
    "take_rows",
    "withdraw_resource",
]
