"""Places for copies: which one an address names, and that none of them writes over anything or hides a trouble."""

import errno
import os

import fsspec
import pytest

from teamskit.errors import InputError, TargetError
from teamskit.recordings.folder_target import FolderTarget
from teamskit.recordings.store_target import StoreTarget
from teamskit.recordings.targets import PART, bare, kind_of, open_target

PATH = "2026/11/lesson é.mp4"


@pytest.fixture
def local(tmp_path):
    path = tmp_path / "local"
    path.write_bytes(b"0123456789" * 1000)
    return path


@pytest.fixture(params=["folder", "store", "objects"])
def target(request, tmp_path):
    if request.param == "folder":
        (tmp_path / "copies").mkdir()
        return FolderTarget(tmp_path / "copies")
    system = fsspec.filesystem("memory", skip_instance_cache=True)
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    system.makedirs("/bucket/copies", exist_ok=True)
    scheme = "memory" if request.param == "store" else "az"
    return StoreTarget(system, "/bucket/copies", "memory://bucket/copies", scheme)


def read(target, path, begin=0):
    with target.reading(path, begin) as file:
        return file.read()


def test_put_read_list_remove(target, local):
    assert target.size(PATH) is None
    assert target.put(local, PATH, "ab12")
    assert target.size(PATH) == 10_000
    assert read(target, PATH) == local.read_bytes()
    assert read(target, PATH, 9_990) == b"0123456789"
    assert list(target.files()) == [(PATH, 10_000)]
    assert target.remove(PATH) and not target.remove(PATH)
    assert target.size(PATH) is None


def test_never_over_what_is_there(target, local, tmp_path):
    target.put(local, PATH, "ab12")
    other = tmp_path / "other"
    other.write_bytes(b"other")
    assert not target.put(other, PATH, "cd34")
    assert target.size(PATH) == 10_000
    assert [path for path, _ in target.files() if PART.search(path)] == []


def test_a_part_left_by_a_crash_is_taken_up(tmp_path, local):
    target = FolderTarget(tmp_path)
    left = tmp_path / "2026" / "11" / ".teamskit-ab12.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert target.put(local, PATH, "ab12")
    assert not left.exists() and target.size(PATH) == 10_000


def test_a_part_whose_file_has_its_name_goes(tmp_path, local):
    target = FolderTarget(tmp_path)
    assert target.put(local, PATH, "ab12")
    left = tmp_path / "2026" / "11" / ".teamskit-ab12.part"
    os.link(tmp_path / PATH, left)
    assert not target.put(local, PATH, "ab12")
    assert not left.exists() and target.size(PATH) == 10_000


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
@pytest.mark.parametrize("mode", [0o700, 0o750])
def test_copies_are_as_open_as_their_folder(tmp_path, local, mode):
    root = tmp_path / "copies"
    root.mkdir()
    root.chmod(mode)
    FolderTarget(root).put(local, PATH, "ab12")
    assert (root / PATH).stat().st_mode & 0o777 == mode & 0o666
    assert {(root / "2026").stat().st_mode & 0o777, (root / "2026/11").stat().st_mode & 0o777} == {mode}


def test_where_links_cannot_be_made(tmp_path, local, monkeypatch):
    # As on FAT, and on shares without links.
    def refused(*_):
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refused)
    target = FolderTarget(tmp_path)
    assert target.put(local, PATH, "ab12") and not target.put(local, PATH, "ab12")
    assert target.size(PATH) == 10_000


def test_a_folder_that_is_not_there(tmp_path, local):
    target = FolderTarget(tmp_path / "unplugged")
    for ask in (
        target.look,
        lambda: target.size(PATH),
        lambda: target.put(local, PATH, "ab"),
        lambda: [*target.files()],
    ):
        with pytest.raises(TargetError) as trouble:
            ask()
        assert trouble.value.kind == "gone"
    assert not (tmp_path / "unplugged").exists()


def test_a_folder_that_may_not_be_written(tmp_path, local):
    (tmp_path / "closed").mkdir(mode=0o500)
    if os.access(tmp_path / "closed", os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(TargetError) as trouble:
        FolderTarget(tmp_path / "closed").put(local, PATH, "ab")
    assert trouble.value.kind == "denied"


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "full"),
        (PermissionError(errno.EACCES, "Permission denied"), "denied"),
        (OSError(errno.EROFS, "Read-only file system"), "denied"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "gone"),
        (ConnectionResetError("reset"), "gone"),
        (TimeoutError(), "gone"),
        (OSError(errno.EIO, "Input/output error"), "gone"),
        (OSError(errno.EINVAL, "Invalid argument"), "broken"),
    ],
)
def test_troubles_have_a_kind(wrong, kind):
    assert kind_of(wrong) == kind


def test_addresses(tmp_path):
    (tmp_path / "copies").mkdir()
    assert open_target("copies", tmp_path, {}).where == str(tmp_path / "copies")
    assert open_target(str(tmp_path), tmp_path / "x", {}).where == str(tmp_path)
    assert bare("smb://me@server:1445/share/x?y=1") == "smb://server:1445/share/x"
    for address, words in (
        ("", "no place for the copies"),
        ("smb://me:secret@server/x", "password or a key"),
        ("nosuch://x/y", "nosuch://"),
    ):
        with pytest.raises(InputError, match=words) as wrong:
            open_target(address, tmp_path, {})
        assert "secret" not in str(wrong.value) + wrong.value.next_step


@pytest.mark.skipif(os.name == "nt", reason="Windows knows such paths itself")
@pytest.mark.parametrize("address", ["\\\\127.0.0.1\\share\\copies", "//127.0.0.1/share/copies"])
def test_a_unc_path_is_a_share(tmp_path, address):
    with pytest.raises(TargetError) as away:
        open_target(address, tmp_path, {})
    assert (away.value.where, away.value.kind) == ("smb://127.0.0.1/share/copies", "gone")
