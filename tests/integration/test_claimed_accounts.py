"""One account that two people of the roster claim is an error, and neither gets a policy or a team by it."""


def test_an_account_claimed_by_pupil_and_staff_is_an_error(desk, made):
    made.fill(1, 3)
    made.staff["T000"] = "p000001@school.example"
    made.write()
    file = desk.folder / "a.json"
    file.write_text(
        '{"value": [{"id": "11111111-1111-4111-8111-111111111111", "userPrincipalName": "p000001@school.example",'
        ' "mail": "p000001@school.example"}]}',
        encoding="utf-8",
    )
    desk.run("sandbox", "seed", "--accounts", file)
    rows = desk.run("roster", "check", "--output", "json", ok=(2,)).json
    assert {row["file"] for row in rows if row["severity"] == "error"} == {"SIMS_Students.csv", "SIMS_Staff.csv"}
    plan = desk.json("plan")
    assert [one for one in plan["changes"] if one["target"]["kind"] != "policy"] == []


def test_files_of_pupils_and_teachers_exchanged_stop_the_plan(desk, tmp_path):
    """Nobody would be left unmatched by it: pupils would be given the staff policy, so it must not pass."""
    import shutil
    from pathlib import Path

    samples = Path(__file__).parents[1] / "data" / "rosters" / "sds-uk-100"
    export = tmp_path / "swapped"
    shutil.copytree(samples, export)
    (export / "Student.csv").rename(export / "x")
    (export / "Teacher.csv").rename(export / "Student.csv")
    (export / "x").rename(export / "Teacher.csv")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", export, "--effective", "2017-11-06")
    swapped = type(desk)(tmp_path / "t")
    swapped.run("init", swapped.folder, *words)
    swapped.run("sandbox", "seed", "--perfect")
    assert "exchanged" in swapped.run("plan", ok=(2,)).err
    rows = swapped.run("roster", "check", "--output", "json", ok=(2,)).json
    assert "nobody-fits" in [row["check"] for row in rows]
