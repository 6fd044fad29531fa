"""The shelf: shipped documents, a school's own in their place, and documents that disagree."""

import pytest

from teamskit.errors import PolicyDocumentError
from teamskit.policy import catalogue
from teamskit.policy.shelf import checked, checked_files, shelved

OWN = """\
id: {id}
title: Ours
type: TeamsMessagingPolicy
name: {name}
for: pupils
clause: ours
settings: {{AllowUserChat: {chat}}}
"""
SHIPPED = {
    "channels": "pupils",
    "disable-chat": "pupils",
    "dsl-messaging": "staff",
    "pupil-calling": "pupils",
    "pupil-external-access": "pupils",
    "pupil-meetings": "pupils",
    "staff-calling": "staff",
    "staff-meetings": "staff",
    "staff-messaging": "staff",
    "supervised-chat": "pupils",
    "tenant-external": "tenant",
    "tenant-guests-anonymous": "tenant",
}


def _write(folder, name, id="ours", policy="Ours", chat="false"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(OWN.format(id=id, name=policy, chat=chat), encoding="utf-8")


def test_every_document_of_the_catalogue_is_shipped_and_says_why():
    found = catalogue()
    assert {name: document.whom for name, document in found.items()} == SHIPPED
    for document in found.values():
        assert document.clause and document.why.strip() and document.licence
    names = [policy.name for one in found.values() for policy in one.policies if policy.name != "Global"]
    assert len(names) == len(set(names))


def test_a_pupil_is_never_given_what_loosens():
    wanted = {
        name: dict(policy.settings)
        for one in catalogue().values()
        for policy in one.policies
        for name in (policy.name,)
    }
    assert wanted["Supervised chat"]["AllowUserChat"] is True
    assert set(wanted["Disable chat"]) == set(wanted["Supervised chat"])
    assert not any(value is True for value in wanted["Pupil external access"].values())
    assert not any(value is True for value in wanted["Pupil channels"].values())
    assert wanted["Pupil meetings"]["AllowCloudRecording"] is False
    assert wanted["Staff lessons"]["AllowCloudRecording"] is True


def test_a_schools_own_document_stands_in_for_the_shipped_one(tmp_path):
    _write(tmp_path, "mine.yml", "disable-chat", "Disable chat")
    (one,) = (one for one in shelved(tmp_path) if one.document.id == "disable-chat")
    assert (one.is_own, one.file) == (True, "policies/mine.yml")
    assert dict(one.document.policies[0].settings) == {"AllowUserChat": False}
    assert len(shelved(tmp_path)) == len(SHIPPED)


def test_two_own_documents_of_one_id_are_refused(tmp_path):
    _write(tmp_path, "a.yaml")
    _write(tmp_path, "b.yaml", policy="Others")
    found, (problem,) = checked(tmp_path)
    assert len(found) == len(SHIPPED) + 1
    assert (problem.file, problem.line, problem.what) == (
        "policies/b.yaml",
        1,
        "the id ours is that of policies/a.yaml too",
    )


@pytest.mark.parametrize("policy", ["Disable chat", "disable CHAT"])
def test_two_documents_that_want_one_policy_to_be_two_things_are_refused(tmp_path, policy):
    _write(tmp_path, "a.yaml", policy=policy, chat="true")
    _, (problem,) = checked(tmp_path)
    assert (problem.file, problem.line, problem.setting) == ("policies/a.yaml", 7, "AllowUserChat")
    assert "disable-chat (disable-chat.yaml (shipped)) wants" in problem.what
    assert "give this one its id, disable-chat" in problem.remedy


def test_two_own_documents_may_name_one_policy_alike(tmp_path):
    _write(tmp_path, "a.yaml", "one")
    _write(tmp_path, "b.yaml", "two")
    assert checked(tmp_path)[1] == []
    _write(tmp_path, "c.yaml", "three", chat="true")
    problems = checked(tmp_path)[1]
    assert {(problem.file, problem.document) for problem in problems} == {("policies/c.yaml", "three")}


def test_documents_may_be_alternatives_on_a_global(tmp_path):
    text = "id: {0}\ntitle: t\nfor: tenant\nclause: c\ntype: TeamsClientConfiguration\nsettings: {{AllowBox: {1}}}\n"
    (tmp_path / "a.yaml").write_text(text.format("a", "true"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text.format("b", "false"), encoding="utf-8")
    assert checked(tmp_path)[1] == []


def test_the_catalogue_refuses_with_every_problem_of_every_document(tmp_path):
    _write(tmp_path, "a.yaml", chat="off")
    _write(tmp_path, "b.yaml", "other", "Others", chat="'no'")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyDocumentError) as caught:
        catalogue(tmp_path)
    said = caught.value.what
    assert said.startswith("3 things are wrong")
    for part in ("policies/a.yaml, line 7", "policies/b.yaml, line 7", "policies/c.yaml, line 1: the file is UTF-16"):
        assert part in said
    assert caught.value.status == 2


def test_one_problem_is_one_sentence_with_its_place(tmp_path):
    _write(tmp_path, "a.yaml", chat="off")
    with pytest.raises(PolicyDocumentError) as caught:
        catalogue(tmp_path)
    assert caught.value.where == "policies/a.yaml, line 7"
    assert caught.value.next_step == "Write false, without quotation marks."


def test_a_folder_that_is_called_like_a_document_is_told(tmp_path):
    (tmp_path / "odd.yaml").mkdir()
    _, (problem,) = checked(tmp_path)
    assert problem.file == "policies/odd.yaml"
    assert "could not be read" in problem.what


def test_files_are_checked_by_themselves_and_a_folder_by_its_documents(tmp_path):
    _write(tmp_path, "a.yaml", policy="Disable chat", chat="true")
    (tmp_path / "notes.txt").write_text("not one", encoding="utf-8")
    found, problems = checked_files([tmp_path])
    assert [one.document.id for one in found] == ["ours"]
    assert problems == []


def test_a_list_of_domains_is_kept_as_one(tmp_path):
    text = "id: a\ntitle: t\nfor: tenant\nclause: c\ntype: TenantFederationConfiguration\n"
    text += "settings:\n  AllowFederatedUsers: true\n  AllowedDomains: [trust.example, council.example]\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (policy,) = catalogue(tmp_path)["a"].policies
    assert policy.settings["AllowedDomains"] == ("trust.example", "council.example")
