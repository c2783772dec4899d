"""H1 to H7 and Q1 to Q7 on logs counted by hand."""

import pytest

from coproduce.events import EventFrame, Role, kinds
from tests.measures.story import at, log, measured

END = at(kinds.VoteCast, 800, 999, 5)


def made(resource, version, *, days=0.0, person=1, risk=0.0):
    return at(kinds.ResourceCreated, days, person, resource, object=version, value=risk, role=Role.PATIENT)


def found(*events, only):
    return measured(log(*events), only=only)


def test_stock_that_nobody_used_for_a_year_is_dead_and_without_an_active_owner_orphaned():
    owned = [at(kinds.OwnerAssigned, 0, 9, 40, object=2), at(kinds.OwnerAssigned, 0, 9, 41, object=3)]
    used = at(kinds.ResourceUsed, 700, 2, object=50)
    got = found(made(40, 50), made(41, 51), *owned, used, END, only=("H3",))
    assert (got["H3.dead"].value, got["H3.orphan"].value, got["H3.reuse"].value) == (0.5, 0.5, 0.5)


def test_a_review_date_that_has_passed_makes_stale():
    dates = [at(kinds.ReviewDateSet, 0, 1, 40, value=30.0), at(kinds.ReviewDateSet, 0, 1, 41, value=9_000.0)]
    assert found(made(40, 50), made(41, 51), *dates, END, only=("H3.stale",))["H3.stale"].value == 0.5


def test_load_counts_helps_a_helper_and_who_reviews_most():
    helps = [at(kinds.Replied, d, who, 100) for who, n in ((1, 5), (2, 1)) for d in range(n)]
    reviews = [at(kinds.Reviewed, 1, who, 50, value=1.0) for who in (1, 2, 3, 4, 5, 6)]
    got = found(*helps, *reviews, only=("H5",))
    assert got["H5.mean"].value == 2
    assert got["H5.top5"].value == pytest.approx(5 / 6)


def test_a_helper_who_did_most_for_four_weeks_and_fell_silent_is_burnt_out():
    usual = [at(kinds.Replied, 7 * week + 1, who, 100) for who in range(30) for week in range(10)]
    heavy = [at(kinds.Replied, 7 * week + hour / 30, 99, 100) for week in range(4) for hour in range(60)]
    got = found(*usual, *heavy, at(kinds.VoteCast, 70, 0, 5), only=("H5.burnout",))["H5.burnout"]
    assert (got.value, got.n) == (pytest.approx(1 / 31), 31)


def test_justice_counts_appeals_and_days():
    sanctioned = [at(kinds.Sanctioned, 0, 9, who, value=1.0) for who in (1, 2)]
    appealed = at(kinds.Appealed, 1, 1, 300, cause=0)
    decided = at(kinds.AppealDecided, 4, 8, 300, value=1.0, cause=2)
    got = found(*sanctioned, appealed, decided, only=("H7",))
    assert [got[f"H7.{key}"].value for key in ("appealed", "overturned", "days", "step")] == [0.5, 1, 3, 1]


def test_open_licence_concerns_are_those_without_a_correction():
    concerns = [at(kinds.ConcernRaised, 1, 2, 50, value=4.0), at(kinds.ConcernRaised, 1, 2, 51, value=4.0)]
    got = found(made(40, 50), *concerns, at(kinds.Corrected, 2, 1, 50, object=52, cause=1), only=("H6.open",))
    assert got["H6.open"].value == 1


def test_audited_falsehood_weighs_each_risk_class_by_its_stock():
    stock = [made(40 + i, 50 + i, risk=0.0) for i in range(9)] + [made(60, 70, risk=2.0)]
    audits = [at(kinds.AuditRated, 1, 9, 50 + i, value=0.0) for i in range(2)]
    audits += [at(kinds.AuditRated, 1, 9, 70, value=1.0), at(kinds.AuditRated, 1, 8, 70, value=1.0)]
    got = found(*stock, *audits, only=("Q1.*",))
    assert got["Q1"].value == pytest.approx(0.1)
    assert got["Q1"].low <= 0.1 <= got["Q1"].high


def test_audited_falsehood_weighs_topics_of_a_class_too():
    """Eight versions on topic 1, of which two were audited and both are true; two on topic 2, one audited and false."""
    stock = [
        at(kinds.ResourceCreated, 0, 1, 40 + i, object=50 + i, value=0.0, topic=1 if i < 8 else 2) for i in range(10)
    ]  # fmt: skip
    stock.append(at(kinds.ResourceCreated, 0, 1, 70, object=80, value=0.0, topic=3))
    audits = [at(kinds.AuditRated, 1, 9, version, value=v) for version, v in ((50, 0.0), (51, 0.0), (58, 1.0))]
    got = found(*stock, *audits, only=("Q1.*",))["Q1"]
    assert got.value == pytest.approx(0.2)
    assert got.note == "2 of 3 strata of class and topic audited"


def test_time_to_correction_waits_for_what_is_not_corrected_yet_and_counts_views_before():
    wrong = [at(kinds.ConcernRaised, 5, 2, version, value=1.0) for version in (50, 51)]
    views = [at(kinds.ResourceOpened, day, 3, object=50) for day in (1, 2, 20)]
    got = found(
        made(40, 50), made(41, 51), *wrong, *views, at(kinds.Corrected, 10, 1, 50, object=52), END, only=("Q2.*",)
    )
    assert (got["Q2"].value, got["Q2"].n) == (10, 2)
    assert got["Q2.exposure"].value == pytest.approx(2 / 3)


def test_grades_and_reading_grades_are_shares_of_their_own_classes():
    graded = at(kinds.Graded, 1, 9, 50, value=3.0)
    reading = [
        at(kinds.ReadabilityMeasured, 1, 0, version, value=v) for version, v in ((50, 5.0), (51, 9.0), (52, 4.0))
    ]
    reading += [at(kinds.SmogMeasured, 1, 0, version, value=v) for version, v in ((50, 6.5), (51, 6.0), (52, 4.0))]
    reading += [at(kinds.SmogMeasured, 2, 0, 50, value=5.9)]
    stock = [made(40, 50, risk=2.0), made(41, 51, risk=2.0), made(42, 52, risk=3.0)]
    got = found(*stock, graded, *reading, only=("Q3.*", "Q4.*"))
    assert (got["Q4.smog"].value, got["Q4.smog"].n) == (1.0, 2), "the last grade of a version counts"
    assert got["Q3"].value == pytest.approx(1 / 3)
    assert (got["Q4"].value, got["Q4"].n) == (0.5, 2)


def test_ratings_off_their_scale_and_by_computers_are_left_out_of_bridging():
    rated = [at(kinds.Rated, 1, who, 50, value=1.0, role=1 + who % 2) for who in range(12)]
    odd = [at(kinds.Rated, 1, 99, 51, value=0.3), at(kinds.Rated, 1, 98, 52, value=1.0, role=Role.COMPUTER)]
    got = found(*rated, *odd, only=("Q5",))
    assert got["Q5.helpful"].n == 1
    assert got["Q5.gac"].value == pytest.approx(7 / 8)
    assert got["Q5.least"].value == pytest.approx(7 / 8)


def test_the_least_convinced_role_is_told_by_itself():
    """Of eight patients all, of four clinicians one: (1 + 1) / (4 + 2), whatever the patients say."""
    rated = [at(kinds.Rated, 1, who, 50, value=1.0, role=Role.PATIENT) for who in range(8)]
    rated += [at(kinds.Rated, 1, who, 50, value=float(who == 8), role=Role.CLINICIAN) for who in range(8, 12)]
    got = found(*rated, only=("Q5",))["Q5.least"]
    assert (got.value, got.n) == (pytest.approx(1 / 3), 1)


def test_a_version_lives_until_the_next_one_and_its_author_has_a_role():
    """Revised after 20 days; the second version and another resource's live on; one retired on day 5 is censored."""
    joined = at(kinds.Joined, 0, 1, role=Role.PATIENT)
    revised = at(kinds.ResourceRevised, 20, 7, 40, object=52)
    stock = [made(40, 50), made(41, 51, days=1), at(kinds.ResourceRetired, 5, 1, 41), revised]
    got = found(joined, *stock, at(kinds.ResourceRevised, 30, 7, 40, object=53), END, only=("H3.*", "H4.*"))
    assert (got["H3.update"].value, got["H3.update"].n) == (20, 4)
    assert (got["H4.role"].value, got["H4.role"].n) == (0.5, 4), "nobody knows what person 7 is"


def test_leadership_follows_owners_roles_and_proposals():
    owners = [at(kinds.OwnerAssigned, 1, 9, 40 + i, object=1 + (i == 3)) for i in range(4)]
    people = [at(kinds.Joined, 0, 1, value=1.0), at(kinds.Joined, 0, 2, value=3.0)]
    role = [at(kinds.RoleGranted, 0, 9, 1, value=6.0), at(kinds.RoleEnded, 100, 9, 1, value=6.0)]
    rules = [at(kinds.ProposalMade, 0, 1, 300), at(kinds.RuleEnacted, 30, 9, 400, object=300)]
    got = found(*people, *owners, *role, *rules, END, only=("Q7",))
    assert (got["Q7.patients"].value, got["Q7.tenure"].value, got["Q7.F90d"].value) == (0.5, 100, 1)
    assert got["Q7.gini"].value == pytest.approx(0.25)


def test_what_leaves_no_trace_says_so_and_is_not_left_out():
    got = found(at(kinds.Joined, 0, 1), only=("H1", "Q4.pemat", "Q6.hidden", "Q7.deputies", "O5.money"))
    assert all(got[key].value is None and got[key].note for key in ("H1.1", "H1.8", "Q4.pemat", "Q6.hidden"))
    assert got["H1.min"].value == 0


def test_sanctions_and_trust_are_told_of_a_group_s_own_people():
    """Site 0 has 12 sanctioned people of whom 6 appealed and all won; site 1 has 12, of whom nobody did."""
    joined = [at(kinds.Joined, 0, i, role=Role.PATIENT, site=i // 12) for i in range(24)]
    sanctioned = [at(kinds.Sanctioned, 1, 99, i, value=1.0 + i // 12) for i in range(24)]
    appealed = [at(kinds.Appealed, 2, i, 300 + i, cause=24 + i) for i in range(6)]
    decided = [at(kinds.AppealDecided, 2 + i, 98, 300 + i, value=1.0, cause=48 + i) for i in range(6)]
    given = [at(kinds.ConsentGiven, 1.5, i, i, value=1.0) for i in range(24)]
    taken = [at(kinds.ConsentWithdrawn, 20, i, i, value=1.0) for i in range(12, 18)]
    frame = EventFrame.from_events([*joined, *sanctioned, *appealed, *decided, *given, *taken])
    got = measured(frame, only=("H7.*", "Q6.withdrawn"), by="site")
    assert [got[f"H7.appealed site={site}"].value for site in (0, 1)] == [0.5, 0.0]
    assert [got[f"H7.step site={site}"].value for site in (0, 1)] == [1.0, 2.0]
    assert [got[f"Q6.withdrawn site={site}"].value for site in (0, 1)] == [0.0, 0.5]
    # Six decisions are fewer than eleven: they are told of everybody only, or not at all.
    assert got["H7.overturned"].value == 1.0
    assert got["H7.overturned site=0"].value is None


def test_from_being_asked_to_having_helped_is_days_and_steps():
    """Helper 5 looked and answered two days later, 6 said no, 7 is silent, 8 answered before being asked."""
    asked = [at(kinds.PersonMatched, 0, -1, 100, object=who, role=Role.COMPUTER) for who in (5, 6, 7)]
    asked += [at(kinds.Invited, 3, 9, 100, object=8)]
    did = [
        at(kinds.ResourceOpened, 1, 5, 100, object=50), at(kinds.Replied, 2, 5, 100, value=7.0),
        at(kinds.HelpDeclined, 1, 6, 100), at(kinds.Replied, 2.5, 8, 100),
    ]  # fmt: skip
    joined = [at(kinds.Joined, 0, who, role=Role.FAMILY) for who in (5, 6, 7, 8)]
    got = found(*joined, *asked, *did, END, only=("O4",))
    assert (got["O4.finished"].value, got["O4.finished"].n) == (0.25, 4)
    assert (got["O4.steps"].value, got["O4.steps"].n) == (2, 1)
    assert (got["O4.days"].value, got["O4.days"].note) == (None, "fewer than half so far")
    quick = found(*joined, *asked[:2], *did[:3], END, only=("O4.days",))["O4.days"]
    assert quick.value == 2, "a no before it is censored, not counted as slow"


def test_a_group_s_versions_are_those_that_its_people_wrote():
    """Person i of site i % 2 writes version i: those of site 0 are easy to read, graded and true, the others not."""
    joined = [at(kinds.Joined, 0, i, role=Role.PATIENT, site=i % 2) for i in range(24)]
    stock = [made(100 + i, 200 + i, person=i, risk=2.0) for i in range(24)]
    read = [at(kinds.ReadabilityMeasured, 1, 0, 200 + i, value=5.0 + 4 * (i % 2)) for i in range(24)]
    audits = [at(kinds.AuditRated, 2, 9, 200 + i, value=float(i % 2)) for i in range(24)]
    graded = [at(kinds.Graded, 2, 9, 200 + i, value=3.0) for i in range(0, 24, 2)]
    owned = [at(kinds.OwnerAssigned, 2, 9, 100 + i, object=i) for i in range(24)]
    frame = log(*joined, *stock, *read, *audits, *graded, *owned, END)
    got = measured(frame, only=("H3.*", "H4.*", "Q1.*", "Q3.*", "Q4.*", "Q7.*"), by="site")
    for name, both in {"Q4": (1.0, 0.0), "Q1": (0.0, 1.0), "Q3": (1.0, 0.0), "H4.role": (1.0, 1.0)}.items():
        assert [(got[f"{name} site={site}"].value, got[f"{name} site={site}"].n) for site in (0, 1)] == [
            (both[0], 12), (both[1], 12)
        ], name  # fmt: skip
    assert [got[f"H3.births site={site}"].n for site in (0, 1)] == [12, 12]
    assert [got[f"Q7.gini site={site}"].n for site in (0, 1)] == [12, 12]
