"""Records of the cases room（办件）; nobody outside it imports them."""

from zhengtong.apps.cases.models.cases import Case, CaseAction, CaseCounter, Draft, Material, Notice, Review
from zhengtong.apps.cases.models.desk import Alert, AnnouncedDay, CaseFile, CaseParty, Phrase, Substitution

__all__ = [
    "Alert",
    "AnnouncedDay",
    "Case",
    "CaseAction",
    "CaseCounter",
    "CaseFile",
    "CaseParty",
    "Draft",
    "Material",
    "Notice",
    "Phrase",
    "Review",
    "Substitution",
]
