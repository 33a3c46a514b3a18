"""What departments declare（事项包）: load, check, compile; pure, no Django. The door of this floor."""

from zhengtong.declared.checks import check_pack, check_packs
from zhengtong.declared.facts import Facts
from zhengtong.declared.grants import NeededGrant, needed_grants
from zhengtong.declared.load import load_pack, load_packs, pack_from_canonical
from zhengtong.declared.shapes import (
    CertificateIssue,
    DataCheck,
    DataUse,
    Expectation,
    FaceField,
    Finding,
    Form,
    FormPage,
    GoldenCase,
    MaterialNeed,
    OutcomeField,
    Pack,
    Parameter,
    ParameterValue,
    Part,
    Question,
    Terms,
    Text,
)
from zhengtong.declared.shared import Shared, list_certificate_types, list_resource_declarations, load_shared

__all__ = [
    "CertificateIssue",
    "DataCheck",
    "DataUse",
    "Expectation",
    "Facts",
    "FaceField",
    "Finding",
    "Form",
    "FormPage",
    "GoldenCase",
    "MaterialNeed",
    "NeededGrant",
    "OutcomeField",
    "Pack",
    "Parameter",
    "ParameterValue",
    "Part",
    "Question",
    "Shared",
    "Terms",
    "Text",
    "check_pack",
    "check_packs",
    "list_certificate_types",
    "list_resource_declarations",
    "load_pack",
    "load_packs",
    "load_shared",
    "needed_grants",
    "pack_from_canonical",
]
