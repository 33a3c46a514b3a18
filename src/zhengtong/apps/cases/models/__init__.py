"""Records of the cases room（办件）; nobody outside it imports them."""

from zhengtong.apps.cases.models.cases import (
    LONG_COLUMNS,
    Case,
    CaseAction,
    CaseCounter,
    Draft,
    Material,
    Notice,
    Review,
)
from zhengtong.apps.cases.models.desk import Alert, AnnouncedDay, CaseFile, CaseParty, Phrase, Substitution
from zhengtong.apps.cases.models.process import CaseProcess, ChangedCase, ProcessTask, VersionChange

__all__ = [
    "LONG_COLUMNS",
    "Alert",
    "AnnouncedDay",
    "Case",
    "CaseAction",
    "CaseCounter",
    "CaseFile",
    "CaseParty",
    "CaseProcess",
    "ChangedCase",
    "Draft",
    "Material",
    "Notice",
    "Phrase",
    "ProcessTask",
    "Review",
    "Substitution",
    "VersionChange",
]
