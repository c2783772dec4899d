"""Tables beside the log: read, checked, and used by the measures that need them."""

import polars as pl
import pytest

from coproduce.errors import BadFile, InvalidInput
from coproduce.events import Role, kinds
from coproduce.measures import SCHEMAS, Request, Strata, Tables, measure_all
from tests.measures.story import at, log

SCORES = "rater,round,domain,component,value\n" + "".join(
    f"{rater},{turn},research,trials,{turn + rater % 2}\n" for rater in range(4) for turn in (1, 2)
)


def answered(frame, only, strata=None, **tables):
    given = Tables.of({name: pl.DataFrame(rows) for name, rows in tables.items()})
    return {m.id: m for m in measure_all(frame, Request(only=only), tables=given, strata=strata)}


def test_a_folder_of_tables_is_read(tmp_path):
    (tmp_path / "scores.csv").write_text(SCORES)
    frame = log(at(kinds.Joined, 0, 1))
    found = {m.id: m for m in measure_all(frame, Request(only=("M1.*",)), tables=Tables.read(tmp_path))}
    assert found["M1"].value == 2.5
    assert found["M1.spread"].value == pytest.approx((1 / 3) ** 0.5)
    assert (found["M1.change"].value, found["M1.change"].low) == (1, 1)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("scores", {"rater": [1], "round": [1]}),
        ("shown", {"need": [1], "version": [2], "rank": [0], "propensity": [0.5]}),
        ("shown", {"need": [1], "version": [2], "rank": [1], "propensity": [0.0]}),
        ("shown", {"need": [1], "version": [2], "rank": [1], "propensity": [float("nan")]}),
        ("ratings", {"rater": [1], "item": [2], "value": [1.5]}),
        ("organisations", {"actor": ["who"], "organisation": ["a"]}),
        ("outcomes", {"topic": [1], "low": [float("inf")], "high": [1.0]}),
        ("planets", {"a": [1]}),
        ("money", {"day": ["2026-02-30"], "site": [1], "spent": [1.0]}),
        ("money", {"day": ["31.1.2026"], "site": [1], "spent": [1.0]}),
        ("money", {"day": ["2026-01-31"], "site": [1], "spent": [-1.0]}),
        ("pemat", {"version": [1], "rater": [1], "scale": ["understandability"], "share": [70]}),
        ("principles", {"rater": [1], "principle": [9], "value": [1.0]}),
        ("names", {"actor": [1], "shown": [2]}),
        ("posts", {"post": [-1], "deputy": [1]}),
        ("severity", {"topic": [1], "weight": [-1.0]}),
        ("outcomes", {"topic": [1], "low": [0.0], "high": [1.0], "form": ["mean"]}),
        ("outcomes", {"topic": [1], "low": [0.0], "high": [1.0], "role": ["computer"]}),
        ("outcomes", {"topic": [1], "low": [0.0], "high": [1.0], "days": [float("inf")]}),
    ],
)
def test_a_table_that_cannot_be_is_refused(name, rows):
    with pytest.raises(InvalidInput):
        Tables.of({name: pl.DataFrame(rows)})


def test_a_folder_that_is_not_there_or_a_file_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(BadFile):
        Tables.read(tmp_path / "none")
    (tmp_path / "scores.csv").write_bytes(b"")
    with pytest.raises(BadFile):
        Tables.read(tmp_path)


def test_every_column_of_every_table_says_what_it_holds():
    assert all(column.says for columns in SCHEMAS.values() for column in columns.values())


def of_organisations(*days_of_use):
    """Person 1 (a) makes three versions in each of two quarters; person 2 (b) uses one on these days, 1 on others."""
    made = [at(kinds.ResourceCreated, day, 1, 40 + i, object=50 + i) for i, day in enumerate((5, 6, 7, 100, 101, 102))]
    used = [at(kinds.ResourceUsed, day, 2, object=50) for day in days_of_use]
    used += [at(kinds.ResourceUsed, day, 1, object=50) for day in (8, 103)]
    return log(at(kinds.Joined, 0, 1), *made, *used, at(kinds.VoteCast, 182, 3, 5))


def test_an_organisation_that_only_draws_two_quarters_in_a_row_is_flagged():
    table = {"actor": [1, 2], "organisation": ["a", "b"]}
    twice = answered(of_organisations(10, 11, 110, 111), ("H2.*",), organisations=table)
    assert (twice["H2.flagged"].value, twice["H2.flagged"].n, twice["H2.draw"].value) == (1, 2, None)
    once = answered(of_organisations(110, 111), ("H2.*",), organisations=table)
    assert once["H2.flagged"].value == 0
    short = answered(log(at(kinds.ResourceUsed, 1, 2, object=50)), ("H2.*",), organisations=table)["H2.flagged"]
    assert "two quarters" in short.note


def test_outcomes_are_judged_by_their_goal_and_a_value_that_is_no_number_is_left_out():
    rows = [at(kinds.MeasureObserved, i, 9, i, topic=20, value=float(v)) for i, v in enumerate([1, 5, 9, float("nan")])]
    found = answered(log(*rows), ("O1.*",), outcomes={"topic": [20], "low": [0.0], "high": [5.0]})
    assert (found["O1"].value, found["O1"].n) == (pytest.approx(2 / 3), 3)


def observed(*rows):
    """A log of ten members, observed as (day, person, topic, value); 0 to 7 are patients, 8 and 9 clinicians."""
    joined = [at(kinds.Joined, 0, i, role=Role.PATIENT if i < 8 else Role.CLINICIAN) for i in range(10)]
    seen = [
        at(kinds.MeasureObserved, day, 99, who, topic=topic, value=value, role=Role.COMPUTER)
        for day, who, topic, value in rows
    ]
    return log(*joined, *seen, at(kinds.VoteCast, 100, 0, 5, role=Role.PATIENT))


GOALS = {"topic": [20, 21, 30], "low": [0.0, 1.0, 1.0], "high": [5.0, 1.0, 9.0]}


def test_all_or_none_counts_people_with_every_part_and_a_missing_one_as_declared():
    rows = [(50, 0, 20, 3.0), (50, 0, 21, 1.0), (50, 1, 20, 3.0), (50, 1, 21, 0.0), (50, 2, 20, 3.0)]
    asked = {name: GOALS[name][:2] for name in GOALS} | {"form": ["bundle"] * 2, "role": ["patient"] * 2}
    found = answered(observed(*rows), ("O1.*",), outcomes=asked)
    assert (found["O1.bundle"].value, found["O1.bundle"].n) == (0.5, 2)
    assert found["O1"].value is None, "a bundle is no share"
    strict = answered(observed(*rows), ("O1.*",), outcomes=asked | {"missing": ["not met"] * 2})["O1.bundle"]
    assert (strict.value, strict.n) == (0.125, 8), "the two clinicians have no such outcome"


def test_a_value_counts_for_the_days_declared_and_nobody_is_left_out_where_missing_is_not_met():
    rows = [(10, 0, 20, 3.0), (90, 1, 20, 3.0), (95, 2, 20, 9.0)]
    asked = {name: GOALS[name][:1] for name in GOALS}
    values = [
        answered(observed(*rows), ("O1",), outcomes=asked | more)["O1"]
        for more in ({}, {"days": [30.0]}, {"days": [30.0], "missing": ["not met"], "role": ["patient"]})
    ]
    assert [(m.value, m.n) for m in values] == [(pytest.approx(2 / 3), 3), (0.5, 2), (0.125, 8)]


def test_a_rate_is_events_by_a_thousand_days_of_those_whose_outcome_it_is():
    """Eight patients for 100 days: four events in 800 person-days. A value under 1 and a clinician's do not count."""
    rows = [(day, who, 30, 1.0) for day, who in ((10, 0), (20, 0), (30, 1), (40, 2), (50, 9))] + [(60, 3, 30, 0.0)]
    asked = {name: GOALS[name][2:] for name in GOALS} | {"form": ["rate"], "role": ["patient"]}
    found = answered(observed(*rows), ("O1.*",), outcomes=asked)["O1.rate"]
    assert (found.value, found.n) == (pytest.approx(5.0, rel=1e-6), 8)
    assert found.low < 5.0 < found.high


def test_each_declared_outcome_can_be_told_by_itself():
    rows = [(50, i, 20, 3.0) for i in range(8)] * 2 + [(50, i, 20, 9.0) for i in (8, 9, 11)]
    rows += [(50, i, 21, 1.0 if i < 6 else 0.0) for i in range(12)]
    given = Tables.of({"outcomes": pl.DataFrame({name: GOALS[name][:2] for name in GOALS})})
    found = measure_all(observed(*rows), Request(only=("O1",), by="outcome"), tables=given)
    assert [(m.by, m.n, m.value) for m in found if m.id == "O1"] == [
        (None, 23, pytest.approx(14 / 23)), ({"outcome": 20}, 11, pytest.approx(8 / 11)), ({"outcome": 21}, 12, 0.5)
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="by outcome"):
        measure_all(observed(*rows), Request(only=("O1",), by="outcome"))


def test_what_follows_a_met_need_is_told_of_a_group_s_own_people():
    people = [at(kinds.Joined, 0, i, role=Role.PATIENT, site=i % 2) for i in range(48)]
    before = [at(kinds.MeasureObserved, 1, 99, i, topic=20, value=5.0) for i in range(48)]
    after = [at(kinds.MeasureObserved, 50, 99, i, topic=20, value=5.0 + (i % 4 == 0)) for i in range(48)]
    needs = [at(kinds.NeedStated, 10, i, 100 + i, site=0) for i in range(0, 48, 4)]
    met = [at(kinds.NeedConfirmed, 11, i, 100 + i, site=0) for i in range(0, 48, 4)]
    frame = log(*people, *before, *after, *needs, *met)
    found = {str(m.by): m for m in measure_all(frame, Request(only=("O2",), by="site"))}
    assert (found["None"].value, found["{'site': 0}"].value) == (1.0, 1.0)
    assert (found["{'site': 0}"].n, found["{'site': 1}"].value) == (24, None)


def test_confirmations_are_weighted_by_the_chance_of_having_been_shown_first():
    stated = [at(kinds.NeedStated, 0, 1, need) for need in (100, 101)]
    made = at(kinds.ResourceCreated, 0, 2, 40, object=50)
    met = at(kinds.NeedConfirmed, 1, 1, 100, object=50)
    shown = {"need": [100, 101], "version": [50, 50], "rank": [1, 1], "propensity": [0.25, 0.5]}
    found = answered(log(made, *stated, met), ("N5",), shown=shown)
    assert found["N5.ips"].value == pytest.approx(4 / 6)


def test_equity_is_the_slope_of_being_met_over_the_rank_of_strata():
    people = range(80)
    strata = Strata.from_table(pl.DataFrame(
        [(str(i), "", "", "low" if i < 40 else "high", "1" if i < 40 else "2") for i in people],
        schema=["actor", "from", "to", "stratum", "rank"], orient="row",
    ))  # fmt: skip
    stated = [at(kinds.NeedStated, 0, i, 100 + i) for i in people]
    met = [at(kinds.NeedConfirmed, 5, i, 100 + i) for i in people if i % 4 == 0 or (i >= 40 and i % 2)]
    frame = log(*stated, *met, at(kinds.VoteCast, 60, 0, 5))
    found = answered(frame, ("D1", "D2"), strata=strata)
    # 10 of 40 of the low, 30 of 40 of the high stratum.
    assert found["D1.C"].value == pytest.approx(0.25)
    assert found["D1.E"].value == pytest.approx(0.5)
    assert found["D1.W"].value == pytest.approx(0.5)
    assert found["D1.slope"].value == pytest.approx(1.0)
    assert 0.4 < found["D1.gap"].value <= 0.5
    for name in ("D1.C", "D1.E", "D1.W", "D1.slope", "D1.relative", "D1.gap", "D1.ratio"):
        assert found[name].low < found[name].value < found[name].high, name


def test_representation_is_by_the_eligible_population_where_it_is_known():
    """Of 40 members 20 are low and 5 of the 15 who give; but three in four of the people the network is for are low."""
    rows = [(str(i), "", "", "low" if i < 20 else "high", "1" if i < 20 else "2") for i in range(40)]
    strata = Strata.from_table(pl.DataFrame(rows, schema=["actor", "from", "to", "stratum", "rank"], orient="row"))
    joined = [at(kinds.Joined, 0, i) for i in range(40)]
    gives = [at(kinds.ResourceCreated, 1, i, 100 + i, object=200 + i) for i in (*range(5), *range(20, 30))]
    by_members = answered(log(*joined, *gives), ("D2",), strata=strata)["D2"]
    eligible = {"stratum": ["low", "high"], "people": [3_000.0, 1_000.0]}
    by_register = answered(log(*joined, *gives), ("D2",), strata=strata, eligible=eligible)["D2"]
    assert by_members.value == pytest.approx(5 / 15 / (20 / 40))
    assert by_register.value == pytest.approx(5 / 15 / (3 / 4))
    assert by_register.low < by_register.value < by_register.high
    assert "eligible" in by_register.note


def test_a_version_is_understandable_and_actionable_by_the_means_of_its_raters():
    made = [at(kinds.ResourceCreated, 0, 1, 40 + i, object=50 + i) for i in range(4)]
    rows = [  # version, scale, share: 50 reaches both, 51 one, 52 was rated on one scale only, 99 is not in the log
        (50, "understandability", 0.6), (50, "understandability", 0.8), (50, "actionability", 0.7),
        (51, "understandability", 0.9), (51, "actionability", 0.69), (52, "understandability", 1.0),
        (99, "understandability", 1.0), (99, "actionability", 1.0),
    ]  # fmt: skip
    version, scale, share = zip(*rows, strict=True)
    pemat = {"version": version, "rater": range(8), "scale": scale, "share": share}
    found = answered(log(*made), ("Q4.*",), pemat=pemat)["Q4.pemat"]
    assert (found.value, found.n) == (0.5, 2)


def test_the_largest_organisation_is_that_of_the_table_and_without_it_the_site():
    votes = [at(kinds.VoteCast, 0, i, 40, site=i % 2) for i in range(4)]
    assert answered(log(*votes), ("H6.*",))["H6.votes"].value == 0.5
    table = {"actor": [0, 1, 2, 2], "organisation": ["sponsor", "sponsor", "clinic", "sponsor"]}
    found = answered(log(*votes), ("H6.*",), organisations=table)["H6.votes"]
    assert (found.value, found.n, found.missing) == (1, 3, 1), "the last line about a person counts"


def test_both_measures_of_organisations_take_the_last_line_about_a_person():
    moved = {"actor": [1, 2, 2], "organisation": ["a", "a", "b"]}
    assert answered(of_organisations(10, 110), ("H2.*",), organisations=moved)["H2.flagged"].value == 1


def test_a_rating_of_pemat_that_is_given_again_replaces_the_first():
    made = at(kinds.ResourceCreated, 0, 1, 40, object=50)
    scales = ["understandability", "actionability", "actionability"]
    pemat = {"version": [50, 50, 50], "rater": [1, 1, 1], "scale": scales, "share": [0.9, 0.1, 0.8]}
    assert answered(log(made), ("Q4.*",), pemat=pemat)["Q4.pemat"].value == 1


def test_a_post_has_a_deputy_who_is_somebody_else():
    owned = [at(kinds.OwnerAssigned, i, 9, 40 + i, object=i) for i in range(1, 5)]
    posts = {"post": [41, 42, 43, 43, 99], "deputy": [7, 2, -1, 8, 7]}
    found = answered(log(*owned), ("Q7.*",), posts=posts)["Q7.deputies"]
    assert (found.value, found.n, found.missing) == (pytest.approx(2 / 3), 3, 1)


def test_who_hides_their_name_is_counted_among_those_the_table_names():
    joined = [at(kinds.Joined, 0, i) for i in range(5)]
    found = answered(log(*joined), ("Q6.*",), names={"actor": [0, 1, 2, 2, 77], "shown": [1, 0, 1, 0, 0]})["Q6.hidden"]
    assert (found.value, found.n, found.missing) == (pytest.approx(2 / 3), 3, 2)


def test_money_is_that_of_the_days_of_the_window_and_of_the_site():
    stated = [at(kinds.NeedStated, 0, i, 100 + i, site=i % 2) for i in range(40)]
    met = [at(kinds.NeedConfirmed, 20, i, 100 + i, site=i % 2) for i in range(40)]
    money = Tables.of({"money": pl.DataFrame(
        {"day": ["2025-12-01", "2026-01-20", "2026-01-21", "2026-01-21"], "site": [0, 0, 1, -1],
         "spent": [1e6, 10.0, 40.0, 50.0]})})  # fmt: skip

    def spent(**request):
        found = measure_all(log(*stated, *met), Request(only=("O5.money",), window_days=10, **request), tables=money)
        return [(m.by, m.value) for m in found]

    assert spent() == [(None, 2.5)]
    assert spent(by="site") == [(None, 2.5), ({"site": 0}, 0.5), ({"site": 1}, 2.0)]
    assert {value for by, value in spent(by="role") if by} == {None}


def test_a_principle_that_people_rated_counts_as_rated_and_the_others_by_evidence():
    voted = at(kinds.VoteCast, 0, 1, 40)
    rated = {"rater": [1, 2, 2, 1], "principle": [1, 1, 1, 3], "value": [3.0, 0.0, 2.0, 1.5]}
    found = answered(log(voted), ("H1.*",), principles=rated)
    assert found["H1.1"].value == pytest.approx(2.5 / 3), "the last rating of a rater counts"
    assert found["H1.1"].low < 2.5 / 3 <= found["H1.1"].high <= 1
    assert (found["H1.3"].value, found["H1.3"].n) == (0.5, 1)
    assert (found["H1.4"].value, found["H1.8"].value) == (0, None)
    assert (found["H1.min"].value, found["H1.min"].n) == (0, 7)


@pytest.mark.parametrize(
    "name", ["Q4.pemat", "Q6.hidden", "Q6.survey", "E9.partnership", "Q7.deputies", "O5.money", "H1.1"]
)
def test_without_its_table_a_measure_says_which_it_needs(name):
    found = answered(log(at(kinds.Joined, 0, 1)), (name,))[name]
    assert found.value is None
    assert "needs the table" in found.note


SURVEY = {
    "item": [1, 2, 3, 4], "scale": ["network", "network", "partnership", "agency"], "most": [4.0, 10.0, 4.0, 5.0]
}  # fmt: skip


def test_a_scale_of_the_survey_is_the_mean_over_people_of_their_last_answers():
    """Person 1: (3/4 + 9/10) / 2 of the network; person 2: 1/4. An answer off its scale is left out."""
    rows = ((1, 1, 1.0), (1, 1, 3.0), (1, 2, 9.0), (2, 1, 1.0), (2, 3, 2.0), (3, 3, 4.0), (3, 2, 11.0))
    joined = [at(kinds.Joined, 0, person) for person in (1, 2, 3)]
    said = [at(kinds.SurveyAnswered, 1 + i, who, item, value=value) for i, (who, item, value) in enumerate(rows)]
    found = answered(log(*joined, *said), ("E9.*", "Q6.*"), survey_items=SURVEY)
    assert (found["Q6.survey"].value, found["Q6.survey"].n) == (pytest.approx((0.825 + 0.25) / 2), 2)
    assert (found["E9.partnership"].value, found["E9.partnership"].n) == (0.75, 2)
    assert (found["E9.agency"].value, found["E9.agency"].note) == (None, "nobody answered in this window")


def unmet_needs():
    """Topic 1: 20 needs, 10 met at once. Topic 2: 40 needs, 30 met. Topic 3: too few to be told."""
    many = {1: (20, 10), 2: (40, 30), 3: (10, 0)}
    stated, met, need = [], [], 0
    for topic, (n, k) in many.items():
        for i in range(n):
            need += 1
            stated.append(at(kinds.NeedStated, 0, i, 100 + need, topic=topic))
            if i < k:
                met.append(at(kinds.NeedConfirmed, 1, i, 100 + need))
    return log(*stated, *met, at(kinds.VoteCast, 60, 0, 5))


def test_unmet_needs_are_ranked_by_volume_times_severity():
    plain = answered(unmet_needs(), ("N7",))
    assert plain["N7.worst"].note == "topic 1"
    assert plain["N7.pressing"].value == pytest.approx(10)
    weighed = answered(unmet_needs(), ("N7",), severity={"topic": [2, 2], "weight": [9.0, 3.0]})["N7.pressing"]
    assert (weighed.value, weighed.n) == (pytest.approx(30), 40)
    assert weighed.note == "topic 2: 30; topic 1: 10"
    assert weighed.low < 30 < weighed.high


def test_with_strata_the_map_of_unmet_needs_has_a_cell_for_each_topic_of_each():
    rows = [(str(i), "", "", "far" if i < 12 else "near", "2" if i < 12 else "1") for i in range(40)]
    strata = Strata.from_table(pl.DataFrame(rows, schema=["actor", "from", "to", "stratum", "rank"], orient="row"))
    stated = [at(kinds.NeedStated, 0, i, 100 + i, topic=1) for i in range(40)]
    met = [at(kinds.NeedConfirmed, 1, i, 100 + i) for i in range(40) if i >= 8]
    found = answered(log(*stated, *met, at(kinds.VoteCast, 60, 0, 5)), ("N7",), strata=strata)
    assert (found["N7.topics"].value, found["N7.topics"].note) == (1, "of 2 topics by stratum")
    assert (found["N7.worst"].note, found["N7.pressing"].note) == ("topic 1, far", "topic 1, far: 8; topic 1, near: 0")
