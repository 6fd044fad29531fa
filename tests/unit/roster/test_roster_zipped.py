"""Exports in zip files: read like a folder; what is odd about a zip is refused before anything is unpacked."""

import stat
import zipfile
from datetime import date
from pathlib import Path

import pytest

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster, zipped
from teamskit.school.model import SchoolUnit

ROSTERS = Path(__file__).resolve().parents[2] / "data" / "rosters"


def read(folder: Path) -> Roster:
    return read_roster(
        folder, school=SchoolUnit(id="s", name="S"), effective=date(2026, 11, 20), domains=["school.example"]
    )


def pack(target: Path, folder: Path, names=None, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob("*.csv")):
            if names is None or path.name in names:
                archive.write(path, inside + path.name)
    return target


@pytest.mark.parametrize("sample", ["sds-v2", "sds-v2.1", "oneroster-1.1", "sds-uk-100", "R01"])
@pytest.mark.parametrize("inside", ["", "export/"])
def test_a_zip_is_read_as_the_folder_is(tmp_path: Path, sample, inside) -> None:
    pack(tmp_path / "export.zip", ROSTERS / sample, inside=inside)
    loose = read(ROSTERS / sample)
    for packed in (read(tmp_path), read(tmp_path / "export.zip")):
        assert (packed.people, packed.sections, packed.files) == (loose.people, loose.sections, loose.files)
    assert [p.name for p in tmp_path.iterdir()] == ["export.zip"]


def test_some_files_in_the_zip_and_others_beside_it_are_one_set(tmp_path: Path) -> None:
    sample = ROSTERS / "sds-v2"
    pack(tmp_path / "export.zip", sample, {"users.csv", "orgs.csv"})
    for name in ("classes.csv", "enrollments.csv"):
        (tmp_path / name).write_bytes((sample / name).read_bytes())
    assert read(tmp_path).people == read(sample).people


def test_one_file_in_and_out_and_two_zips_are_refused(tmp_path: Path) -> None:
    sample = ROSTERS / "sds-v2"
    pack(tmp_path / "export.zip", sample)
    (tmp_path / "USERS.csv").write_bytes((sample / "users.csv").read_bytes())
    with pytest.raises(RosterError, match="both in") as caught:
        read(tmp_path)
    assert caught.value.problems
    (tmp_path / "USERS.csv").unlink()
    pack(tmp_path / "later.zip", sample)
    with pytest.raises(RosterError, match="2 zip files"):
        read(tmp_path)


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["../users.csv"], "leads out"),
        (["/etc/users.csv"], "leads out"),
        (["a/../../users.csv"], "leads out"),
        (["C:\\users.csv"], "leads out"),
        (["..\\users.csv"], "leads out"),
        (["\\users.csv"], "leads out"),
        ([link("users.csv")], "link"),
        (["more.zip"], "another zip"),
        (["a/users.csv", "b/Users.csv"], "twice"),
        ([f"f{n}.csv" for n in range(zipped.MOST_FILES + 1)], "more than"),
        (["readme.md"], "no CSV"),
        ([], "no CSV"),
    ],
)
def test_odd_zips_are_refused(tmp_path: Path, names, words) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "sourcedId\n1\n")
    with pytest.raises(RosterError, match=words) as caught:
        read(tmp_path)
    assert caught.value.problems and caught.value.next_step


def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path, monkeypatch) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"a" * 5_000_000)
    monkeypatch.setattr(zipped, "MOST_BYTES", 4_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(RosterError, match="more than"):
        read(tmp_path)


@pytest.mark.parametrize("cut", [1, 10, 50, 90])
def test_damaged_zips_are_refused(tmp_path: Path, cut) -> None:
    path = pack(tmp_path / "export.zip", ROSTERS / "sds-v2")
    raw = bytearray(path.read_bytes())
    path.write_bytes(raw[: len(raw) * cut // 100])
    with pytest.raises(RosterError, match="cannot be read"):
        read(tmp_path)
    for at in range(40, 200, 7):
        raw[at] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(RosterError):
        read(tmp_path)


def test_a_size_that_is_a_lie_is_found_out(tmp_path: Path) -> None:
    path = pack(tmp_path / "export.zip", ROSTERS / "sds-v2", {"users.csv"})
    raw = path.read_bytes()
    size = (ROSTERS / "sds-v2" / "users.csv").stat().st_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(RosterError):
        read(tmp_path)


def test_what_systems_add_to_zips_is_passed_over(tmp_path: Path) -> None:
    path = pack(tmp_path / "export.zip", ROSTERS / "sds-v2")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/._users.csv", b"\x00\x05")
        archive.writestr(".DS_Store", b"\x00")
        archive.writestr("photos/class.jpg", b"\xff")
    assert len(read(path).pupils) == 22


def test_folders_parted_by_backslashes_are_folders(tmp_path: Path) -> None:
    path = pack(tmp_path / "export.zip", ROSTERS / "sds-v2", inside="ab/")
    path.write_bytes(path.read_bytes().replace(b"ab/", b"ab\\"))
    assert len(read(tmp_path).pupils) == 22


def test_a_zip_with_a_password_says_what_to_do(tmp_path: Path) -> None:
    path = pack(tmp_path / "export.zip", ROSTERS / "sds-v2", {"orgs.csv"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(RosterError, match="password") as caught:
        read(tmp_path)
    assert caught.value.next_step == "Make it again, without a password."


@pytest.mark.parametrize("added", [" (1)", "(2)", " - Copy", " - Copy (2)"])
@pytest.mark.parametrize("sample", ["sds-v2.1", "oneroster-1.1", "sds-uk-100"])
def test_files_numbered_as_copies_are_called_so(tmp_path: Path, sample, added) -> None:
    for path in (ROSTERS / sample).glob("*.csv"):
        (tmp_path / f"{path.stem}{added}.csv").write_bytes(path.read_bytes())
    with pytest.raises(RosterError, match="numbered as copies") as caught:
        read(tmp_path)
    assert caught.value.problems


@pytest.mark.parametrize(
    ("sample", "name", "wrong"), [("sds-uk-100", "Student", "Students"), ("sds-v2", "enrollments", "enrolments")]
)
def test_a_file_under_a_wrong_name_is_pointed_at(tmp_path: Path, sample, name, wrong) -> None:
    for path in (ROSTERS / sample).glob("*.csv"):
        (tmp_path / f"{wrong if path.stem == name else path.stem}.csv").write_bytes(path.read_bytes())
    with pytest.raises(RosterError) as caught:
        read(tmp_path)
    assert f"If {wrong}.csv is it, name it so." in caught.value.next_step
