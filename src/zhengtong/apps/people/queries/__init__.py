"""Reads of this room（查询）: `get_` or refused, `find_` or None, `list_`, `count_`, `can_`."""

from zhengtong.apps.people.queries.acting import (
    can_,
    can_act_for,
    get_actor,
    get_officer,
    is_second_factor_required,
    list_colleagues,
    list_posts,
    list_principals,
)
from zhengtong.apps.people.queries.places import (
    find_address_region,
    find_organisation,
    get_organisation,
    get_region,
    list_organisations,
    list_regions,
    region_name,
    region_path,
)
from zhengtong.apps.people.queries.subjects import (
    count_legal_entities,
    count_residents,
    find_account,
    find_subject,
    get_resident,
    list_accounts,
    list_mandates,
    list_profiles,
    resident_profile,
)
from zhengtong.apps.people.queries.tokens import get_token_actor, list_tokens

__all__ = [
    "get_token_actor",
    "list_tokens",
    "can_",
    "can_act_for",
    "is_second_factor_required",
    "count_legal_entities",
    "count_residents",
    "find_account",
    "find_address_region",
    "find_organisation",
    "find_subject",
    "get_actor",
    "get_officer",
    "get_organisation",
    "get_region",
    "get_resident",
    "list_accounts",
    "list_colleagues",
    "list_mandates",
    "list_organisations",
    "list_profiles",
    "list_posts",
    "list_principals",
    "list_regions",
    "region_name",
    "region_path",
    "resident_profile",
]
