"""Every shipped document, carried out on the embedded tenant, which checks settings by a copy of its own."""

import tomlkit

from teamskit.policy import catalogue
from teamskit.tenant.federation import TYPES, as_read

PUPILS = ["pupil-meetings", "pupil-calling", "channels", "pupil-external-access"]
STAFF = ["staff-meetings", "staff-calling"]
TENANT = ["tenant-external", "tenant-guests-anonymous"]


def _decide(desk, lead):
    file = desk.folder / "school.toml"
    school = tomlkit.parse(file.read_text("utf-8"))
    school["policies"] = {"tenant": TENANT}
    school["cohorts"] = [
        {"name": "sixth form", "role": "pupil", "years": ["12"], "policies": ["supervised-chat", *PUPILS]},
        {"name": "pupils", "role": "pupil", "policies": ["disable-chat", *PUPILS]},
        {"name": "safeguarding", "role": "staff", "people": [lead], "policies": ["dsl-messaging", *STAFF]},
        {"name": "staff", "role": "staff", "policies": ["staff-messaging", *STAFF]},
    ]
    file.write_text(tomlkit.dumps(school), encoding="utf-8")
    named = {TENANT[0], TENANT[1], *(one for cohort in school["cohorts"] for one in cohort["policies"])}
    assert named == set(catalogue())


def test_the_whole_catalogue_stands_in_the_tenant_after_one_apply_and_covers_everybody(desk, made):
    made.fill(2, 12)
    made.years = dict.fromkeys(list(made.pupils)[-3:], 12)
    made.write()
    desk.run("sandbox", "seed", "--perfect")
    _decide(desk, next(iter(made.staff)))
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    assert desk.json("policies", "drift") == []
    assert [row for row in desk.json("policies", "coverage")["people"] if not row["effective"]] == []
    for document in catalogue().values():
        for policy in document.policies:
            identity = "Global" if policy.name == "Global" else f"Tag%3A{policy.name.replace(' ', '%20')}"
            path = f"/Skype.Policy/configurations/{policy.type}/configuration/{identity}"
            status, found = desk.asks("GET", path)
            assert status == 200, (document.id, policy.name)
            found = as_read(found) if policy.type in TYPES else found
            wanted = {
                name: list(value) if isinstance(value, tuple) else value for name, value in policy.settings.items()
            }
            assert {name: found[name] for name in wanted} == wanted
