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
