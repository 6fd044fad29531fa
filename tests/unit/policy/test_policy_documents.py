"""Policy documents: the shipped ones, a school's own, and what is wrong with a broken one."""

import pytest

from teamskit.errors import PolicyDocumentError
from teamskit.policy import catalogue, decide, definition_changes
from teamskit.policy.documents import needed
from teamskit.school import Cohort, PolicyChoices
from teamskit.tenant.models import Policy

OWN = """\
id: disable-chat
title: Ours
type: TeamsMessagingPolicy
name: No chat
for: pupils
clause: ours
settings: {AllowUserChat: false}
"""


def test_the_shipped_documents_are_there():
    assert {"disable-chat", "pupil-meetings", "staff-meetings"} <= set(catalogue())
    assert catalogue()["disable-chat"].policies[0].settings["AllowUserChat"] is False


def test_a_schools_own_document_stands_in_for_the_shipped_one(tmp_path):
    (tmp_path / "mine.yaml").write_text(OWN, encoding="utf-8")
    assert catalogue(tmp_path)["disable-chat"].policies[0].name == "No chat"
    assert catalogue(tmp_path / "nowhere")["disable-chat"].policies[0].name == "Disable chat"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: Ours", "titel: Ours", "titel"),
        ("{AllowUserChat: false}", "{}", "settings"),
        ("name:", "name: [", "YAML"),
    ],
)
def test_a_broken_document_names_file_and_trouble(tmp_path, old, new, says):
    (tmp_path / "mine.yaml").write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyDocumentError) as caught:
        catalogue(tmp_path)
    assert "mine.yaml" in caught.value.where
    assert says in f"{caught.value.what}"


def test_a_federation_document_has_to_say_who_is_let_in(tmp_path):
    text = OWN.replace("TeamsMessagingPolicy", "TenantFederationConfiguration").replace("No chat", "Global")
    settings = "{AllowFederatedUsers: true, AllowedDomains: [trust.example]}"
    (tmp_path / "mine.yaml").write_text(text.replace("{AllowUserChat: false}", settings), encoding="utf-8")
    assert catalogue(tmp_path)["disable-chat"].policies[0].settings["AllowedDomains"] == ("trust.example",)
    (tmp_path / "mine.yaml").write_text(text.replace("{AllowUserChat: false}", settings[:26] + "}"), encoding="utf-8")
    with pytest.raises(PolicyDocumentError, match="does not say who") as caught:
        catalogue(tmp_path)
    assert "mine.yaml" in caught.value.where


def test_a_list_in_a_document_compares_with_a_list_of_the_tenants(tmp_path):
    text = OWN.replace("TeamsMessagingPolicy", "ExternalAccessPolicy")
    text = text.replace("{AllowUserChat: false}", "{AllowedExternalDomains: [a, b]}")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    pupils = Cohort(name="pupils", role="pupil", policies=("disable-chat",))
    (wanted,) = decide(catalogue(tmp_path), [pupils], PolicyChoices()).definitions.values()
    assert (
        definition_changes(
            [wanted], {wanted.key: Policy(wanted.type, wanted.name, {"AllowedExternalDomains": ["a", "b"]})}
        )
        == []
    )


def test_an_unknown_document_lists_the_known_ones():
    with pytest.raises(PolicyDocumentError, match="no-chat") as caught:
        needed(catalogue(), ("no-chat",))
    assert "disable-chat" in caught.value.next_step


def test_only_declared_settings_are_compared():
    pupils = Cohort(name="pupils", role="pupil", policies=("disable-chat",))
    (wanted,) = decide(catalogue(), [pupils], PolicyChoices()).definitions.values()
    same = {wanted.key: Policy(wanted.type, wanted.name, {**wanted.settings, "Other": 1})}
    assert definition_changes([wanted], same) == []
    loose = {wanted.key: Policy(wanted.type, wanted.name, {**wanted.settings, "AllowUserChat": True})}
    (change,) = definition_changes([wanted], loose)
    assert (change.before, change.after) == ({"AllowUserChat": True}, {"AllowUserChat": False})
