"""Identifiers of people, organisations, places, certificates, matters（标识符）: parse, check, compose; a file each."""

from zhengtong.kit.identifiers.certificate_id import (
    CertificateId,
    is_certificate_id,
    make_certificate_id,
    parse_certificate_id,
)
from zhengtong.kit.identifiers.credit_code import CreditCode, is_credit_code, make_credit_code, parse_credit_code
from zhengtong.kit.identifiers.matter_code import (
    CatalogCode,
    HandlingItemCode,
    TaskCode,
    is_catalog_code,
    is_handling_item_code,
    is_task_code,
    make_catalog_code,
    make_handling_item_code,
    make_task_code,
    parse_catalog_code,
    parse_handling_item_code,
    parse_task_code,
)
from zhengtong.kit.identifiers.organisation_code import (
    is_organisation_code,
    make_organisation_code,
    parse_organisation_code,
)
from zhengtong.kit.identifiers.region_code import RegionCode, RegionLevel, is_region_code, parse_region_code
from zhengtong.kit.identifiers.resident_id import (
    ResidentId,
    Sex,
    is_resident_id,
    make_resident_id,
    parse_resident_id,
    to_18,
)

__all__ = [
    "CatalogCode",
    "CertificateId",
    "CreditCode",
    "HandlingItemCode",
    "RegionCode",
    "RegionLevel",
    "ResidentId",
    "Sex",
    "TaskCode",
    "is_catalog_code",
    "is_certificate_id",
    "is_credit_code",
    "is_handling_item_code",
    "is_organisation_code",
    "is_region_code",
    "is_resident_id",
    "is_task_code",
    "make_catalog_code",
    "make_certificate_id",
    "make_credit_code",
    "make_handling_item_code",
    "make_organisation_code",
    "make_resident_id",
    "make_task_code",
    "parse_catalog_code",
    "parse_certificate_id",
    "parse_credit_code",
    "parse_handling_item_code",
    "parse_organisation_code",
    "parse_region_code",
    "parse_resident_id",
    "parse_task_code",
    "to_18",
]
