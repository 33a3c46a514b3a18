"""The life of a case as a pure function: every transition allowed, every other refused, no state without a way out."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.apps.cases.critical_path import PartClock, promised_at
from zhengtong.apps.cases.labels import LABELS
from zhengtong.apps.cases.lifecycle import TRANSITIONS, Action, CaseState, apply, fold, fold_parts, rules_of
from zhengtong.apps.cases.shapes import SETTLED, STATE_TITLES, State
from zhengtong.declared.handling import Commitment, Handling, Tolerance
from zhengtong.declared.shapes import Form, Pack, Terms, Text
from zhengtong.kit import SHANGHAI, Basis
from zhengtong.kit.calendar import Term, Unit

START = dt.datetime(2026, 2, 10, 9, 0, tzinfo=SHANGHAI)
BASIS = Basis("测试法", "第一条", "2020-01-01")
WHERE = {"organisation_id": 3, "organisation_zh": "某局", "organisation_en": "A bureau"}
PAYLOADS = {
    "submitted": {"committed": ["proof"]},
    "supplement-asked": {"items": [{"title_zh": "材料"}], "reason": "不清楚", "due_on": "2026-03-31"},
    "closed": {"state": "granted"},
    "proposed": {"kind": "extended", "payload": {}},
    "extended": {"n": 10, "unit": "WORKDAY", "reason": "案情复杂"},
    "procedure-started": {
        "procedure": "hearing",
        "procedure_kind": "hearing",
        "title_zh": "听证",
        "title_en": "Hearing",
        "until_on": "2026-04-30",
        "reason": "利害关系人要求",
    },
    "consulted": {
        **WHERE,
        "id": "c1",
        "title_zh": "征求意见",
        "title_en": "Opinion",
        "question": "是否同意",
        "due_on": "2026-04-30",
        "pauses": True,
    },
    "consult-answered": {"id": "c1", "answer": "同意"},
    "consult-lapsed": {"id": "c1"},
    "cosign-asked": {"needed": 1, "of": [WHERE]},
    "cosigned": {"organisation_id": 3, "agrees": True},
    "forwarded": {"from_id": 1, "to_id": 2},
    "follow-up-received": {"materials": ["photo"]},
    "accepted": {"follow_ups": [{"material_id": "photo", "title_zh": "照片", "title_en": "Photo"}]},
    "terms-changed": {"statutory": {"n": 15, "unit": "WORKDAY"}},
    "commitment-broken": {"note": "与事实不符"},
    "revoked": {"reason": "承诺不实"},
    "objected": {"text": "不服"},
    "objection-answered": {"upheld": False, "answer": "维持"},
    "reviewed": {"satisfaction": 5},
    "rectified": {"reply": "已整改"},
    "called-back": {"callback_satisfaction": 2},
    "appealed": {"appeal_reason": "误评"},
    "appeal-decided": {"appeal": "upheld"},
}
HANDLING = Handling(
    on_miss={"statutory": "deemed-granted"},
    tolerance=Tolerance(Term(5, Unit.WORKDAY, basis=BASIS)),
    commitment=Commitment(("proof",), Text("属实", "It is true"), Term(30, Unit.CALENDAR_DAY, basis=BASIS), BASIS),
    steps={"accept": Term(1, Unit.WORKDAY, basis=BASIS), "examine": Term(3, Unit.WORKDAY, basis=BASIS)},
)
PACK = Pack(
    id="test",
    kind="matter",
    title=Text("测试事项", "Test matter"),
    summary=Text("", ""),
    owner="health",
    since=dt.date(2026, 1, 1),
    audience="resident",
    task_type="20",
    bases=(BASIS,),
    terms=Terms(
        promised=Term(20, Unit.WORKDAY, basis=BASIS),
        supplement=Term(15, Unit.WORKDAY, basis=BASIS),
        statutory=Term(45, Unit.WORKDAY, basis=BASIS),
    ),
    result=Text("结果", "Result"),
    form=Form({"type": "object", "properties": {}}, ()),
    handling=HANDLING,
)


def log(*kinds, hours=1):
    """Return a log of these kinds, each some hours after the one before."""
    return [
        Action(seq, kind, START + dt.timedelta(hours=hours * (seq - 1)), 7, "某人", PAYLOADS.get(kind, {}))
        for seq, kind in enumerate(kinds, start=1)
    ]


def test_the_promised_term_counts_from_acceptance_with_make_up_days():
    state = fold(log("submitted", "accepted"), PACK)
    assert state.promised.due_on == dt.date(2026, 3, 16)  # the vector of standards §0.2
    assert state.statutory.due_on > state.promised.due_on


def test_the_clocks_stand_still_while_the_applicant_adds():
    asked = [*log("submitted", "accepted", "supplement-asked")]
    state = fold(asked, PACK)
    assert state.state is State.SUPPLEMENTING
    assert state.promised.is_paused
    answered = Action(4, "supplement-answered", START + dt.timedelta(days=7), 9, "申请人")
    resumed = fold([*asked, answered], PACK)
    assert resumed.state is State.ACCEPTED
    assert resumed.promised.due_on > dt.date(2026, 3, 16)


def test_before_acceptance_the_days_for_telling_begin_anew_when_all_is_there():
    asked = log("submitted", "supplement-asked")
    answered = Action(3, "supplement-answered", START + dt.timedelta(days=20), 9, "申请人")
    state = fold([*asked, answered], PACK)
    assert state.state is State.SUBMITTED
    assert state.acceptance.start == answered.at


def test_deemed_acceptance_counts_from_the_day_of_submission():
    late = Action(2, "deemed-accepted", START + dt.timedelta(days=9))
    state = fold([*log("submitted"), late], PACK)
    assert state.accepted_at == START
    assert state.flags == {"deemed"}


def test_a_case_decided_after_its_promised_day_was_not_on_time():
    on_time = fold([*log("submitted", "accepted"), Action(3, "granted", START + dt.timedelta(days=34))], PACK)
    late = fold([*log("submitted", "accepted"), Action(3, "granted", START + dt.timedelta(days=35))], PACK)
    assert (on_time.is_on_time, late.is_on_time) == (True, False)


@pytest.mark.parametrize("state", list(State))
def test_an_action_outside_its_states_is_refused(state):
    rules, before = rules_of(PACK), CaseState(state, version=3)
    for kind, states in TRANSITIONS.items():
        if state not in states:
            with pytest.raises(ValueError, match="does not follow"):
                apply(before, Action(4, kind, START, payload=PAYLOADS.get(kind, {})), rules)


def test_a_log_with_a_gap_is_a_fault():
    actions = log("submitted", "claimed", "accepted")
    with pytest.raises(ValueError, match="gap"):
        fold([actions[0], actions[2]], PACK)


def test_every_state_and_every_action_has_words_in_both_languages():
    assert set(STATE_TITLES) == {state.value for state in State}
    assert set(LABELS) == {*TRANSITIONS, "submitted"}


def test_no_open_state_is_without_a_way_to_be_settled():
    for state in set(State) - SETTLED:
        reachable, edge = set(), {state}
        while edge:
            reachable |= edge
            edge = {after for before in edge for after in _next(before)} - reachable
        assert reachable & SETTLED, f"{state} leads nowhere"


WAYS = {
    State.WAITING: (),
    State.SUBMITTED: ("submitted",),
    State.SUPPLEMENTING: ("submitted", "supplement-asked"),
    State.ACCEPTED: ("submitted", "accepted"),
    State.EXAMINING: ("submitted", "accepted", "claimed"),
    State.PROCEDURE: ("submitted", "accepted", "procedure-started"),
}


def _next(state):
    if state in SETTLED:
        return set()
    before = fold(log(*WAYS[state]), PACK)
    if state is State.WAITING:
        waiting = Action(1, "submitted", START, payload={"waiting_for": ["earlier"]})
        before = fold([waiting], PACK)
    at = START + dt.timedelta(days=1)
    after = [Action(before.version + 1, kind, at, payload=PAYLOADS.get(kind, {})) for kind in before.allowed]
    return {apply(before, action, rules_of(PACK)).state for action in after}


@given(st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=14), st.integers(1, 60))
def test_any_allowed_history_folds_step_by_step_as_at_once(kinds, hours):
    actions, state = log("submitted", hours=hours), fold(log("submitted", hours=hours), PACK)
    for kind in kinds:
        if kind not in state.allowed:
            continue
        seq = len(actions) + 1
        action = Action(seq, kind, START + dt.timedelta(hours=hours * seq), 7, "某人", PAYLOADS.get(kind, {}))
        state = apply(state, action, rules_of(PACK))
        actions.append(action)
    assert fold(actions, PACK) == state
    assert state.version == len(actions)
    assert (state.settled_at is not None) == state.is_settled
    assert state.is_settled or state.phase != "done"


@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=8))
def test_a_one_thing_is_settled_exactly_when_all_its_parts_are(states):
    whole = fold_parts(states)
    assert (whole in SETTLED) == all(state in SETTLED for state in states)
    if whole is State.GRANTED:
        assert set(states) == {State.GRANTED}


@given(st.data())
def test_the_critical_path_is_no_shorter_than_any_chain(data):
    count = data.draw(st.integers(1, 7))
    lengths = data.draw(st.lists(st.integers(1, 30), min_size=count, max_size=count))
    after = [data.draw(st.sets(st.integers(0, max(0, i - 1)), max_size=i)) if i else set() for i in range(count)]
    parts = {
        str(i): PartClock(tuple(map(str, after[i])), None, lambda start, n=lengths[i]: start + dt.timedelta(days=n))
        for i in range(count)
    }
    ends = []
    for i in range(count):
        ends.append(lengths[i] + max((ends[j] for j in after[i]), default=0))
    assert promised_at(parts, START) == START + dt.timedelta(days=max(ends))


def test_parts_that_wait_in_a_circle_are_a_fault():
    def count(start):
        return start

    parts = {"a": PartClock(("b",), None, count), "b": PartClock(("a",), None, count)}
    with pytest.raises(ValueError, match="circle"):
        promised_at(parts, START)
