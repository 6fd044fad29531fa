"""No value of a dropped column may be found anywhere afterwards: folder, state, logs, screens, files, requests."""

import logging

import pytest
from stdnum.gb import upn

from teamskit.tenant.session import SandboxAdapter

COLUMNS = (
    *("UPN", "DOB", "SEN Status", "FSM Eligibility", "Pupil Premium", "In Care", "Medical Notes", "Ethnicity"),
    *("Legal Surname", "Password", "Home Address", "Parental Consent", "Gender", "First Language"),
)


def unique_pupil_number(serial: int) -> str:
    digits = f"8922345{26}{serial:03d}"
    return upn.calc_check_digit(digits) + digits


@pytest.fixture
def secrets(desk, made):
    """Write an export whose pupils carry a secret in each dropped column; gives every secret."""
    made.fill(3, 12)
    head, *rows = (made.folder / "SIMS_Students.csv").read_text(encoding="cp1252").splitlines()
    hidden, lines = [], [",".join([head, *COLUMNS, "Ref"])]
    for n, row in enumerate(rows):
        if n < 3:
            # Numbers that hide: behind a name, and as the first half of an address.
            hiding = unique_pupil_number(n + 700), unique_pupil_number(n + 800).lower()
            cells = row.split(",")
            cells[1] = f"{cells[1]} ({hiding[0]})"
            row = ",".join(f"{hiding[1]}@school.example" if "@" in cell else cell for cell in cells)
            hidden += hiding
        mine = [unique_pupil_number(n), *(f"Secret{c.replace(' ', '')}{n}q" for c in COLUMNS[1:])]
        mine.append(unique_pupil_number(n + 500))
        hidden += mine
        lines.append(",".join([row, *mine]))
    (made.folder / "SIMS_Students.csv").write_text("\n".join(lines), encoding="cp1252")
    head, *rows = (made.folder / "SIMS_Class_Membership.csv").read_text(encoding="cp1252").splitlines()
    rows = [f"{row},{unique_pupil_number(n + 100)},SecretAllergy{n}q" for n, row in enumerate(rows)]
    hidden += [cell for row in rows for cell in row.split(",")[-2:]]
    (made.folder / "SIMS_Class_Membership.csv").write_text(
        "\n".join([f"{head},Unique Pupil Number,Allergies", *rows]), encoding="cp1252"
    )
    return hidden


def test_no_value_of_a_dropped_column_is_found_anywhere(desk, made, secrets, monkeypatch, caplog, tmp_path) -> None:
    sent: list[str] = []
    send = SandboxAdapter.send

    def recorded(self, request, *args, **options):
        sent.append(f"{request.url} {dict(request.headers)} {request.body!r}")
        return send(self, request, *args, **options)

    monkeypatch.setattr(SandboxAdapter, "send", recorded)
    caplog.set_level(logging.DEBUG)
    said = [
        desk.run(*words, ok=(0, 2, 3))
        for words in (
            ("sandbox", "seed", "--perfect"),
            ("roster", "check", "-o", tmp_path / "problems.csv"),
            ("roster", "check", "--output", "json"),
            ("roster", "show", "--output", "json"),
            ("roster", "match", "--output", "json"),
            ("roster", "explain", made.folder / "SIMS_Students.csv"),
            ("roster", "explain", made.folder / "SIMS_Class_Membership.csv", "--output", "json"),
            ("roster", "match", "-o", tmp_path / "unmatched.csv"),
            ("plan", "--output", "json"),
            ("plan", "-o", tmp_path / "plan.json"),
            ("apply", "--yes"),
            ("teams", "list", "--output", "json"),
            ("policies", "coverage", "--output", "json"),
            ("sandbox", "play", "--days", "1"),
            ("calls", "sync"),
            ("calls", "report", "--out", tmp_path / "report.html"),
        )
    ]
    assert len(sent) > 10
    files = [path for folder in (desk.folder, tmp_path) for path in folder.rglob("*") if path.is_file()]
    files = [path for path in files if path.parent != made.folder]
    assert any(path.suffix == ".sqlite3" for path in files)
    found = b"\n".join(path.read_bytes() for path in files).decode("latin-1")
    everything = "\n".join([found, *sent, caplog.text, *(done.out + done.err for done in said)])
    assert [secret for secret in secrets if secret in everything] == []
    assert "Ref" in desk.run("roster", "explain", made.folder / "SIMS_Students.csv").out


def test_explain_says_what_became_of_each_column_and_shows_no_cell(desk, made, secrets) -> None:
    done = desk.run("roster", "explain", made.folder / "SIMS_Students.csv")
    lines = {line.split("  ")[0]: line for line in done.out.splitlines()}
    assert "admission number" in lines["Adno"] and "12, all different" in lines["Adno"]
    assert "DROPPED" in lines["DOB"] and "date of birth" in lines["DOB"] and "not shown" in lines["DOB"]
    assert "special needs" in lines["SEN Status"]
    assert "looks like UPNs" in lines["Ref"]
    assert lines["Year"].rstrip().endswith("7")
    told = desk.json("roster", "explain", made.folder / "SIMS_Students.csv")
    assert told["heading_row"] == 1 and told["delimiter"] == "comma" and told["rows"] == 12
    assert {c["read_as"] for c in told["columns"] if c["column"] in COLUMNS} == {"DROPPED"}
    assert not any(name in done.out for name in ("Fore0", "Sur0", "@school.example"))


def test_explain_follows_the_schools_own_headings(desk, made) -> None:
    made.fill(1, 2)
    path = made.folder / "SIMS_Students.csv"
    path.write_text("Our No,House,Surname\n1,Red,A\n2,Blue,B\n", encoding="utf-8")
    refused = desk.run("roster", "explain", path, ok=(2,))
    assert "'Our No'" in refused.err
    toml = desk.folder / "school.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8") + '\n[roster.columns]\n"Our No" = "admission number"\n"House" = "form"\n',
        encoding="utf-8",
    )
    told = {c["column"]: c for c in desk.json("roster", "explain", path)["columns"]}
    assert told["Our No"]["read_as"] == "admission number" and told["Our No"]["how"] == "school.toml"
    assert told["House"]["read_as"] == "registration group"


def test_explain_refuses_what_it_does_not_understand(desk, tmp_path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("Some,Words\nof,text\n", encoding="utf-8")
    assert "headings seen: 'Some', 'Words'" in desk.run("roster", "explain", path, ok=(2,)).err
    assert desk.run("roster", "explain", tmp_path / "absent.csv", ok=(2,)).err
