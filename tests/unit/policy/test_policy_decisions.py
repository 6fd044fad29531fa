"""What a school decides: strategies, documents that disagree, and policies that are Microsoft's own."""

import pytest

from teamskit.errors import PolicyDocumentError
from teamskit.policy import PolicyDocument, catalogue, decide
from teamskit.school import Cohort, PolicyChoices, School

PUPILS = Cohort(name="pupils", role="pupil", policies=("disable-chat", "pupil-meetings"))
STAFF = Cohort(name="staff", role="staff", policies=("staff-messaging", "staff-meetings"))


def document(name, **settings):
    words = {"id": "mine", "title": "x", "clause": "x", "for": "pupils", "type": "TeamsMessagingPolicy"}
    return PolicyDocument.model_validate({**words, "name": name, "settings": settings})


def test_a_strict_global_is_the_pupils_and_nobody_of_theirs_is_given_anything():
    decided = decide(catalogue(), [PUPILS, STAFF], PolicyChoices(strategy="global-strict"))
    assert {(due.type, due.name, due.route) for due in decided.cohorts["pupils"]} == {
        ("TeamsMessagingPolicy", "Global", "Global"),
        ("TeamsMeetingPolicy", "Global", "Global"),
    }
    assert decided.definitions["TeamsMessagingPolicy", "global"].settings["AllowUserChat"] is False
    assert ("TeamsMessagingPolicy", "disable chat") not in decided.definitions
    assert {due.route for due in decided.cohorts["staff"]} == {"direct"}


def test_staff_never_fall_on_a_global_made_for_pupils():
    staff = Cohort(name="staff", role="staff", policies=("staff-meetings",))
    with pytest.raises(PolicyDocumentError, match="TeamsMessagingPolicy") as caught:
        decide(catalogue(), [PUPILS, staff], PolicyChoices(strategy="global-strict"))
    assert 'cohort "staff"' in caught.value.where


def test_a_strict_global_needs_a_cohort_of_all_pupils_or_a_name():
    some = Cohort(name="year 7", role="pupil", years=("7",), policies=("disable-chat",))
    with pytest.raises(PolicyDocumentError, match="no cohort of all pupils"):
        decide(catalogue(), [some], PolicyChoices(strategy="global-strict"))
    named = decide(catalogue(), [some], PolicyChoices(strategy="global-strict", global_from="year 7"))
    assert named.cohorts["year 7"][0].route == "Global"


@pytest.mark.parametrize("name", ["Education_PrimaryStudent", "restrictedanonymousaccess", "Kiosk"])
def test_a_policy_of_microsofts_own_is_never_altered(name):
    mine = Cohort(name="pupils", role="pupil", policies=("mine",))
    with pytest.raises(PolicyDocumentError, match="Microsoft's own"):
        decide({"mine": document(name, AllowUserChat=False)}, [mine], PolicyChoices())


def test_nobody_is_given_global():
    mine = Cohort(name="pupils", role="pupil", policies=("mine",))
    with pytest.raises(PolicyDocumentError, match="speaks of Global"):
        decide({"mine": document("Global", AllowUserChat=False)}, [mine], PolicyChoices())


def test_a_cohort_of_leads_wants_leads():
    leads = Cohort(name="leads", role="staff", leads=True, policies=("dsl-messaging",))
    words = {"domains": ("school.example",), "schools": ({"id": "s", "name": "S"},), "cohorts": (leads,)}
    with pytest.raises(ValueError, match="safeguarding_leads names nobody"):
        School.model_validate(words)
    assert School.model_validate({**words, "safeguarding_leads": ("ABC",)}).cohorts == (leads,)


def test_documents_that_want_a_setting_differently_are_named():
    cohorts = [
        Cohort(name="one", role="pupil", years=("7",), policies=("mine",)),
        Cohort(name="two", role="pupil", policies=("other",)),
    ]
    mine = document("Ours", AllowUserChat=False)
    other = mine.model_copy(update={"id": "other", "policies": document("ours", AllowUserChat=True).policies})
    with pytest.raises(PolicyDocumentError, match="mine and other want AllowUserChat"):
        decide({"mine": mine, "other": other}, cohorts, PolicyChoices())


def test_a_document_that_people_are_given_is_none_for_the_tenant():
    with pytest.raises(PolicyDocumentError, match="people are given"):
        decide(catalogue(), [], PolicyChoices(tenant=("disable-chat",)))


def test_what_a_policy_rests_on_is_known():
    cohort = Cohort(name="sixth form", role="pupil", policies=("supervised-chat",))
    decided = decide(catalogue(), [cohort], PolicyChoices())
    assert decided.needs == {
        ("TeamsMessagingPolicy", "supervised chat"): frozenset({("TeamsClientConfiguration", "global")})
    }
