"""Writes of this room（动作）: keyword-only, `by` who acts, `at` when; one transaction, one announcement, may refuse."""

from zhengtong.apps.people.actions.accounts import (
    appoint_officer,
    assign_admin_duty,
    close_account,
    end_admin_duty,
    end_post,
    link_resident,
    open_account,
)
from zhengtong.apps.people.actions.mandates import (
    authorise_agent,
    delegate,
    end_agency,
    end_delegation,
    end_guardianship,
    register_guardian,
)
from zhengtong.apps.people.actions.places import (
    abolish_region,
    close_organisation,
    define_region,
    define_regions,
    register_organisation,
)
from zhengtong.apps.people.actions.subjects import (
    change_resident,
    register_legal_entities,
    register_legal_entity,
    register_resident,
    register_residents,
)
from zhengtong.apps.people.actions.tokens import end_token, issue_token

__all__ = [
    "end_token",
    "issue_token",
    "abolish_region",
    "appoint_officer",
    "assign_admin_duty",
    "authorise_agent",
    "change_resident",
    "close_account",
    "close_organisation",
    "define_region",
    "define_regions",
    "delegate",
    "end_admin_duty",
    "end_agency",
    "end_delegation",
    "end_guardianship",
    "end_post",
    "link_resident",
    "open_account",
    "register_guardian",
    "register_legal_entities",
    "register_legal_entity",
    "register_organisation",
    "register_resident",
    "register_residents",
]
