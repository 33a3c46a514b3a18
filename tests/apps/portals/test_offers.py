"""What I may have without applying: told why, confirmed or declined by me alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.apps.proactive.conftest import town  # noqa: F401  the town with an allowance
from tests.apps.proactive.test_granting import run
from zhengtong.apps.cases import queries as cases
from zhengtong.apps.proactive import queries


@pytest.fixture
def now(settings):
    """The pages run on the real clock."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    return timezone.now()


@pytest.fixture
def offer(town, now):  # noqa: F811
    town.publish(confirm=True)
    run("2026", now)
    return next(one for one in queries.list_offers(town.city.father) if one.state == "offered")


def words(answer):
    return answer.content.decode()


def test_an_offer_says_what_and_why_and_is_confirmed_with_another_account(town, visit, offer):  # noqa: F811
    father = visit(town.city.father)
    url = reverse("citizen:offer", args=[offer.id])
    assert url in words(father.get(reverse("citizen:offers")))
    page = words(father.get(url))
    assert all(sentence in page for sentence in queries.explain_offer(offer.id, town.city.father)[:1])
    assert visit(town.city.mother).get(url).status_code == 404
    answer = father.post(url, {"account": "澜江市江东区新路 9 号"})
    assert answer.status_code == 303, words(answer)
    (line,) = cases.list_my_cases(town.city.father)
    assert cases.get_case(line.no, town.city.father).values["residence.address"].value == "澜江市江东区新路 9 号"
    assert father.post(url, {"account": "再来一次"}).status_code in (303, 409)


def test_an_offer_is_declined_for_good(town, visit, offer):  # noqa: F811
    father = visit(town.city.father)
    assert father.post(reverse("citizen:decline-offer", args=[offer.id])).status_code == 303
    assert queries.get_offer(offer.id, town.city.father).state == "declined"
    assert cases.list_my_cases(town.city.father) == []
