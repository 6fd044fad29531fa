"""Which file at the target is a copy's, when the log has forgotten its path or another failed before."""

from datetime import UTC, datetime

from teamskit.recordings.manifest import Copy
from teamskit.recordings.verify import earlier_at, paths_at

NOW = datetime(2026, 11, 26, tzinfo=UTC)
FIRST, SECOND = "2026/11/Ma1 0123456789ab.mp4", "2026/11/Ma1 0123456789ab (2).mp4"
SEALED = "2026/11/Ma1 0123456789ab (10).mp4.age"
OTHER = "2026/11/Ma1 ba9876543210.mp4"


def copy(path=None):
    return Copy("call/0123456789ab", "call", NOW, 1, NOW, "copied", path=path)


def test_the_path_that_is_known_counts():
    assert paths_at([copy(FIRST)], [FIRST, SECOND]) == {"call/0123456789ab": FIRST}


def test_forgotten_the_last_one_put_there_counts():
    for files in ([FIRST, SECOND, OTHER], [OTHER, SECOND, FIRST]):
        assert paths_at([copy()], files) == {"call/0123456789ab": SECOND}
    assert paths_at([copy()], [SEALED, SECOND, FIRST]) == {"call/0123456789ab": SEALED}


def test_others_of_the_same_key_failed_before():
    files = [FIRST, SECOND, SEALED, OTHER]
    assert earlier_at([copy(SECOND)], files, {"call/0123456789ab": SECOND}) == {"call/0123456789ab": [FIRST, SEALED]}
    assert earlier_at([copy(OTHER)], [OTHER], {"call/0123456789ab": OTHER}) == {}
