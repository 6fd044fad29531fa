"""Coverage where Global carries the pupils' policies: it says of which type, and whose chat is off."""

import tomlkit


def strict(desk, staff):
    file = desk.folder / "school.toml"
    school = tomlkit.parse(file.read_text("utf-8"))
    school["policies"] = {"strategy": "global-strict"}
    school["cohorts"] = [
        {"name": "pupils", "role": "pupil", "policies": ["disable-chat", "channels"]},
        {"name": "staff", "role": "staff", "policies": staff},
    ]
    file.write_text(tomlkit.dumps(school), encoding="utf-8")


OWN = """\
id: staff-channels
title: Channels of staff
for: staff
clause: Appendix C
type: TeamsChannelsPolicy
name: Staff channels
settings: {AllowPrivateChannelCreation: true}
"""


def test_global_is_named_with_its_type_and_chat_off_is_said(desk, made):
    made.fill(1, 4)
    desk.run("sandbox", "seed", "--perfect")
    strict(desk, ["staff-messaging"])
    said = desk.run("policies", "plan", ok=(2,)).err
    assert "TeamsChannelsPolicy" in said and "a single setting is enough" in said
    (desk.folder / "policies").mkdir(exist_ok=True)
    (desk.folder / "policies" / "staff.yaml").write_text(OWN, encoding="utf-8")
    strict(desk, ["staff-messaging", "staff-channels"])
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    told = desk.run("policies", "coverage").out
    for type_ in ("TeamsMessagingPolicy", "TeamsChannelsPolicy"):
        assert f"Global {type_}" in told
    assert "4 of 4 pupils are known to have chat off." in told
