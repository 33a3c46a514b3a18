"""Writes of this room（动作）: define a type, issue, replace, revoke, record a use. Each leaves a receipt."""

from zhengtong.apps.certificates.actions.afterwards import record_use, revoke
from zhengtong.apps.certificates.actions.issuance import DrawnCertificate, draw, file_drawn, issue
from zhengtong.apps.certificates.actions.types import define_type, ensure_authority

__all__ = ["DrawnCertificate", "define_type", "draw", "ensure_authority", "file_drawn", "issue", "record_use", "revoke"]
