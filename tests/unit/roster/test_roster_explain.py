"""Every format explained column by column: a file alone, in its folder, in a zip, and what is never opened."""

import shutil
import zipfile
from pathlib import Path

import pytest

from teamskit.errors import RosterError
from teamskit.roster.explain import DROPPED, IGNORED, explain, explain_export
from teamskit.roster.formats import FORMATS

ROSTERS = Path(__file__).resolve().parents[2] / "data" / "rosters"
SETS = ("sds-v2", "sds-v2.1", "oneroster-1.1", "sds-100", "sds-uk-100")
NEVER = {"demographics.csv", "userFlags.csv"}


@pytest.mark.parametrize("sample", SETS)
def test_every_file_of_a_set_is_explained_alike_alone_in_its_folder_and_in_a_zip(tmp_path: Path, sample: str) -> None:
    told = explain_export(ROSTERS / sample, {})
    form = next(f for f in FORMATS if f.id == told.format)
    assert form.id == {"oneroster-1.1": "oneroster"}.get(sample, "sds-v1" if sample.endswith("100") else sample)
    assert not any(one.wrong for one in told.not_read)
    assert {one.file for one in told.not_read} <= {*NEVER, "relationships.csv"}
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for path in (ROSTERS / sample).glob("*.csv"):
            archive.write(path, f"in/{path.name}")
    packed = explain_export(tmp_path / "export.zip", {})
    assert (packed.files, packed.not_read) == (told.files, told.not_read)
    for one in told.files:
        assert one.kind == form.files[one.file.casefold()].title
        assert explain(ROSTERS / sample / one.file, {}) == one
        alone = tmp_path / "alone" / one.file
        alone.parent.mkdir(exist_ok=True)
        shutil.copy(ROSTERS / sample / one.file, alone)
        read = [c.read_as for c in explain(alone, {}).columns]
        assert [r in (DROPPED, IGNORED) for r in read] == [c.read_as in (DROPPED, IGNORED) for c in one.columns]
        alone.unlink()


def columns(sample: str, file: str) -> dict[str, str]:
    return {c.column: c.read_as for c in explain(ROSTERS / sample / file, {}).columns}


def test_what_columns_are_read_as_and_what_is_dropped() -> None:
    users = columns("sds-v2.1", "users.csv")
    assert (users["username"], users["password"], users["phone"], users["sms"]) == ("user name", *[DROPPED] * 3)
    roles = columns("sds-v2.1", "roles.csv")
    assert (roles["userSourcedId"], roles["isPrimary"], roles["grade"]) == ("person's id", "main role", "year group")
    sessions = columns("oneroster-1.1", "academicSessions.csv")
    assert (sessions["schoolYear"], sessions["dateLastModified"]) == ("academic year", IGNORED)
    assert columns("oneroster-1.1", "manifest.csv") == {"propertyName": "property", "value": "value"}
    pupils = columns("sds-uk-100", "Student.csv")
    assert (pupils["ID"], pupils["Password"], pupils["Birthdate"], pupils["State ID"]) == (
        "id",
        DROPPED,
        DROPPED,
        IGNORED,
    )
    assert columns("sds-uk-100", "StudentEnrollment.csv") == {"Section ID": "class", "ID": "person's id"}


@pytest.mark.parametrize("file", sorted(NEVER))
def test_what_must_not_be_kept_is_refused_unopened(tmp_path: Path, file: str, monkeypatch) -> None:
    path = tmp_path / file
    path.write_text("sourcedId,birthDate\n1,2015-01-01\n", encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was opened"))
    with pytest.raises(RosterError, match="never opened"):
        explain(path, {})


def test_a_heading_in_another_case_is_named_and_the_other_files_are_explained(tmp_path: Path, desk) -> None:
    for path in (ROSTERS / "sds-v2.1").glob("*.csv"):
        shutil.copy(path, tmp_path / path.name)
    users = tmp_path / "users.csv"
    users.write_text(users.read_text(encoding="utf-8").replace("sourcedId", "SourcedID"), encoding="utf-8")
    told = explain_export(tmp_path, {})
    assert [(one.file, one.wrong) for one in told.not_read if one.wrong] == [("users.csv", True)]
    assert "nearest is 'SourcedID'" in next(one.why for one in told.not_read if one.wrong)
    shown = desk.run("roster", "explain", tmp_path, ok=(2,))
    assert "users.csv: NOT READ" in shown.out and "roles.csv (Roles)" in shown.out
    assert desk.run("roster", "explain", tmp_path, "--output", "csv", ok=(2,)).out.startswith("file,column,read as")
    document = desk.run("roster", "explain", tmp_path, "--output", "json", ok=(2,)).json
    assert document["format"] == "sds-v2.1" and len(document["files"]) == 6
