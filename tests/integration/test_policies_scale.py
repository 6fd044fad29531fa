"""1,500 pupils in three cohorts from Microsoft's defaults, two schools of one tenant; requests counted."""

from collections import Counter

from made_school import write_csv

PUPILS = 1500
HEADINGS = {
    "School": "DfE Number,Name",
    "Section": "ID,School DfE Number,Section Name,Term StartDate,Term EndDate,Status",
    "Student": "ID,School DfE Number,First Name,Last Name,Username,Grade,Status",
    "StudentEnrollment": "Section ID,ID",
    "Teacher": "ID,School DfE Number,First Name,Last Name,Username,Status",
    "TeacherRoster": "Section ID,ID",
}


def cohort(name, policies, **more):
    return {"name": name, "role": "pupil", "policies": policies, **more}


def requests(desk, *parts):
    return sum(n for what, n in desk.requests()["by"].items() if all(part in what for part in parts))


def test_a_secondary_of_three_cohorts_is_covered_in_full_after_one_apply(desk, made):
    made.fill(60, PUPILS)
    for n, number in enumerate(made.pupils):
        made.years[number] = 7 + n % 7
    made.write()
    desk.run("sandbox", "seed", "--perfect")
    everyone = ["disable-chat", "pupil-meetings"]
    (desk.folder / "policies").mkdir(exist_ok=True)
    sixth = "id: sixth\ntitle: Sixth\ntype: TeamsMessagingPolicy\nname: Sixth form\nfor: pupils\nclause: Appendix C\n"
    (desk.folder / "policies" / "sixth.yaml").write_text(sixth + "settings: {AllowUserChat: false}\n", encoding="utf-8")
    staff = {"name": "staff", "role": "staff", "policies": ["staff-meetings"]}
    cohorts = [cohort("sixth form", ["sixth", "pupil-meetings"], years=["12", "13"]), cohort("pupils", everyone), staff]
    desk.decide(cohorts=cohorts)
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    desk.tenant().reset_counts()
    desk.run("apply", desk.folder / "p.json", "--yes")
    assert requests(desk, "PUT", "configuration") == 4, "each definition is written once"
    assert requests(desk, "POST", "userAssignments/assign") <= 2 * PUPILS / 100 + 6
    assert requests(desk, "GET", "userConfigurations/") == 0, "nobody is read one by one"
    assert desk.requests()["throttled"] == 0
    desk.run("sandbox", "advance", "3d")
    document = desk.json("policies", "coverage")
    assert Counter(row["effective"] for row in document["people"]) == {True: 2 * PUPILS + 60}
    assert {one["uncovered"] for one in document["cohorts"]} == {0}
    assert f"{PUPILS * 5 // 7 + 1:,} of " in desk.run("policies", "coverage").out
    assert desk.json("policies", "plan")["changes"] == []


def two_schools(folder, sizes):
    """Write a School Data Sync v1 export of several schools, with one class and one teacher each."""
    rows = {name: [] for name in ("School", "Section", "Student", "StudentEnrollment", "Teacher", "TeacherRoster")}
    for school, size in sizes.items():
        rows["School"].append((school, f"School {school}"))
        rows["Section"].append((f"{school}C", school, "7A/Ma1", "01/09/2026", "20/07/2027", "Active"))
        rows["Teacher"].append((f"{school}T", school, "Ann", "Teacher", f"t{school}", "Active"))
        rows["TeacherRoster"].append((f"{school}C", f"{school}T"))
        for n in range(size):
            number = f"{school}{n:05d}"
            rows["Student"].append((number, school, f"Fore{n}", f"Sur{n}", f"p{number}", 7, "Active"))
            rows["StudentEnrollment"].append((f"{school}C", number))
    for name, lines in rows.items():
        write_csv(folder / f"{name}.csv", HEADINGS[name].split(","), lines)


def test_two_schools_of_one_tenant_do_not_touch_each_others_pupils(desk, made):
    two_schools(made.folder, {"8924001": PUPILS, "8924002": 400})
    desk.run("sandbox", "seed", "--perfect")
    (desk.folder / "policies").mkdir(exist_ok=True)
    other = "id: other\ntitle: Other\ntype: TeamsMessagingPolicy\nname: Other school\nfor: pupils\nclause: Appendix C\n"
    (desk.folder / "policies" / "o.yaml").write_text(other + "settings: {AllowUserChat: false}\n", encoding="utf-8")
    chat = [cohort("one", ["disable-chat"], schools=["8924001"]), cohort("two", ["other"], schools=["892/4002"])]
    desk.decide(cohorts=chat[:1])
    desk.run("policies", "plan", "-o", desk.folder / "p.json")
    desk.tenant().reset_counts()
    desk.run("apply", desk.folder / "p.json", "--yes")
    assert desk.requests()["round_trips"] <= 100
    desk.run("sandbox", "advance", "3d")
    desk.decide(cohorts=chat)
    changes = desk.json("policies", "plan")["changes"]
    assert Counter((c["target"]["kind"], c["group"]) for c in changes) == {
        ("policy", "Other school"): 1,
        ("policy-assignment", "Other school"): 400,
    }
    file = desk.folder / "p2.json"
    desk.run("policies", "plan", "-o", file)
    desk.run("apply", file, "--yes")
    desk.run("sandbox", "advance", "3d")
    totals = {one["cohort"]: one for one in desk.json("policies", "coverage")["cohorts"]}
    assert (totals["one"]["effective"], totals["two"]["effective"]) == (PUPILS, 400)
    assert desk.json("policies", "drift") == []
