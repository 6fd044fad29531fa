"""Wherever a run is cut, no pupil ends with a looser effective policy than before or than decided."""

import json

import pytest
import tomlkit

from teamskit.plan.journal import Journal

MESSAGING = "TeamsMessagingPolicy"
OFF, SUPERVISED, FREE = 0, 1, 2
"""How much a pupil may chat: not at all, with a supervisor there, freely."""


class Cut(BaseException):
    """A kill, at one line of the journal."""


def decide(desk, strategy, sixth, pupils=("disable-chat",)):
    cohorts = [
        {"name": "sixth form", "role": "pupil", "years": ["12"], "policies": [sixth]},
        {"name": "pupils", "role": "pupil", "policies": list(pupils)},
        {"name": "staff", "role": "staff", "policies": ["staff-messages"]},
    ]
    desk.decide(policies={"strategy": strategy}, cohorts=cohorts)


DOCUMENTS = {
    "staff": """\
id: staff-messages
title: Staff messages
type: TeamsMessagingPolicy
name: Staff messages of ours
for: staff
clause: Appendix C
settings: {AllowUserChat: true, ChatPermissionRole: Limited}
""",
    "sixth": """\
id: sixth-form-chat
title: Supervised chat
for: pupils
clause: Appendix C
policies:
  - type: TeamsMessagingPolicy
    name: Sixth form chat
    settings: {AllowUserChat: true, ChatPermissionRole: Restricted}
  - type: TeamsClientConfiguration
    settings: {AllowRoleBasedChatPermissions: true}
""",
}


@pytest.fixture
def school(desk, made):
    made.fill(2, 10)
    made.years = dict.fromkeys(list(made.pupils)[-3:], 12)
    made.write()
    (desk.folder / "policies").mkdir(exist_ok=True)
    for name, text in DOCUMENTS.items():
        (desk.folder / "policies" / f"{name}.yaml").write_text(text, encoding="utf-8")
    desk.run("sandbox", "seed", "--perfect")
    return desk


def settings(desk, type_):
    found = desk.asks("GET", f"/Skype.Policy/configurations/{type_}")[1]
    return {one["Identity"].removeprefix("Tag:"): one for one in found}


def levels(desk):
    """Give what each pupil may do now, by what the tenant itself says."""
    policies = settings(desk, MESSAGING)
    supervised = settings(desk, "TeamsClientConfiguration")["Global"].get("AllowRoleBasedChatPermissions") is True
    users = desk.asks("GET", "/v1.0/admin/teams/userConfigurations?$top=999")[1]["value"]
    found = {}
    for user in (one for one in users if one["userPrincipalName"].startswith("p0")):
        held = {one["policyType"]: one["policyAssignment"]["displayName"] for one in user["effectivePolicyAssignments"]}
        has = policies[held.get(MESSAGING, "Global").removeprefix("Tag:")]
        watched = supervised and has.get("ChatPermissionRole") == "Restricted"
        found[user["userPrincipalName"][:7]] = (SUPERVISED if watched else FREE) if has["AllowUserChat"] else OFF
    return found


def cut_at(desk, number, monkeypatch, words=("apply", "--yes")):
    """Run a command that dies at a line of the journal, after or before it is written by turns; say whether it did."""
    written, count = Journal._write, iter(range(10**6))

    def dying(self, line):
        here = next(count)
        if here == number and number % 2:
            raise Cut
        written(self, line)
        if here == number:
            raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "_write", dying)
        try:
            desk.run(*words)
        except Cut:
            return True
    return False


def changes(desk):
    return {
        "to supervised sixth form": lambda: decide(desk, "pupils", "sixth-form-chat"),
        "to a strict Global": lambda: decide(desk, "global-strict", "sixth-form-chat"),
        "back to policies of their own": lambda: decide(desk, "pupils", "disable-chat"),
    }


@pytest.mark.parametrize(
    ("start", "then"),
    [
        ("back to policies of their own", "to supervised sixth form"),
        ("back to policies of their own", "to a strict Global"),
        ("to a strict Global", "back to policies of their own"),
        ("to supervised sixth form", "to a strict Global"),
    ],
)
def test_no_order_of_crash_leaves_a_pupil_looser(school, monkeypatch, start, then):
    desk = school
    changes(desk)[start]()
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    before = levels(desk)
    assert set(before.values()) <= {OFF, SUPERVISED}
    changes(desk)[then]()
    number, cuts = 0, 0
    store = desk.folder / ".teamskit"
    kept = {path.relative_to(store): path.read_bytes() for path in store.rglob("*") if path.is_file()}
    while True:
        restore(store, kept)
        cut = cut_at(desk, number, monkeypatch, ("apply", "--yes", "--allow-reassignments", "50"))
        for _ in range(3):
            now = levels(desk)
            worse = {who for who in now if now[who] > max(before[who], allowed(made_sixth(desk), who))}
            assert not worse, (number, worse, now)
            desk.run("sandbox", "advance", "10h")
        if not cut:
            break
        cuts += 1
        number += 1
    assert cuts >= 6
    desk.run("sandbox", "advance", "2d")
    rows = desk.json("policies", "coverage")["people"]
    assert all(row["effective"] for row in rows), [row for row in rows if not row["effective"]]


def restore(store, kept):
    for path in [one for one in store.rglob("*") if one.is_file()]:
        path.unlink()
    for name, data in kept.items():
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_bytes(data)


def made_sixth(desk):
    """Name the pupils whom the school file lets chat with a supervisor."""
    school = tomlkit.parse((desk.folder / "school.toml").read_text("utf-8"))
    chat = "sixth-form-chat" in json.dumps(school["cohorts"][0].unwrap())
    return {f"p{n:06d}" for n in (8, 9, 10)} if chat else set()


def allowed(sixth, who):
    return SUPERVISED if who in sixth else OFF
