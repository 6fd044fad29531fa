"""One entry handed to somebody who has not got the ledger, with what shows that it stands in it: a file of its own.

The file holds the entry whole, the salt of its private part, its path to the root of the tree, and the signed head with
that root. It shows no other entry: the path is hashes only. To check it takes this file and the public key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from teamskit.errors import InputError, LedgerBroken
from teamskit.ledger.entries import canonical
from teamskit.ledger.heads import Head, strict_head
from teamskit.ledger.keys import PublicKey
from teamskit.ledger.leaves import SALT_BYTES, leaf_of, sealed
from teamskit.ledger.merkle import HASH_BYTES, Tree, includes
from teamskit.ledger.tables import ENTRIES, HEADS, PRIVATE

FORMAT = "teamskit-proof/1"
SAYS = (
    "These entries of a school's call log stand in the log at the places given by seq, unchanged since they were"
    " written. Check this file with: teamskit ledger check-proof FILE. It must stay exactly as it is."
)
FIELDS = ("seq", "kind", "key", "version", "at", "about", "revises", "body", "private", "salt", "sealed", "path")
JSON = dict[str, Any]


@dataclass(frozen=True)
class Proven:
    """What a proof was found to show: entries, as they stand in the file; the head; the key that signed it."""

    entries: tuple[JSON, ...]
    head: Head
    key: PublicKey


def prove(
    connection: Connection, kind: str, key: str, *, all_versions: bool = False, head: Head | None = None
) -> JSON | None:
    """Give the proof of the newest entry of a kind and key, or of all of them; None when there is none.

    It is made under the newest head, or under an older one that somebody holds: then of the entries that it signed.
    Raises LedgerBroken when the ledger does not bear out the head.
    """
    rows = connection.execute(select(HEADS.c.note, HEADS.c.signer).order_by(HEADS.c.number)).all()
    if not rows:
        return None
    under = head or strict_head(rows[-1].note)
    entries = [row for row in _rows(connection, kind, key) if row.seq <= under.size]
    if not entries:
        return None
    tree = Tree([leaf for (leaf,) in connection.execute(select(ENTRIES.c.leaf).order_by(ENTRIES.c.seq))])
    signer = next((PublicKey.of_text(row.signer) for row in rows if _signed(row.signer, under)), None)
    if signer is None or under.size > tree.size or tree.root(under.size) != under.root:
        raise LedgerBroken(
            "the ledger is not what this head says", next_step="See what is wrong: teamskit ledger verify"
        )
    shown = entries if all_versions else entries[-1:]
    proof = {
        "format": FORMAT,
        "says": SAYS,
        "key": signer.text,
        "head": under.note.split("\n"),
        "entries": [_shown(row, tree, under.size) for row in shown],
    }
    if not _holds(proof):
        raise LedgerBroken(
            "this call is not what was signed, so it cannot be proven",
            next_step="See what is wrong: teamskit ledger verify",
        )
    return proof


def _holds(proof: JSON) -> bool:
    """Say whether whoever gets it will find that it holds: the call may have been altered in the database."""
    try:
        return bool(check(written(proof)).entries)
    except LedgerBroken:
        return False


def _signed(signer: str, head: Head) -> bool:
    return head.signed_by([PublicKey.of_text(signer)]) is not None


def _rows(connection: Connection, kind: str, key: str) -> Sequence[Any]:
    columns = select(ENTRIES, PRIVATE.c.salt, PRIVATE.c.body.label("named")).select_from(ENTRIES.outerjoin(PRIVATE))
    wanted = columns.where(ENTRIES.c.kind == kind, ENTRIES.c.key == key).order_by(ENTRIES.c.seq)
    return connection.execute(wanted).all()


def _shown(row: Any, tree: Tree, size: int) -> JSON:
    named = {name: getattr(row, name) for name in FIELDS[:7]}
    return {
        **named,
        "body": json.loads(row.body),
        "private": None if row.named is None else json.loads(row.named),
        "salt": None if row.salt is None else row.salt.hex(),
        "sealed": row.sealed,
        "path": [step.hex() for step in tree.inclusion(row.seq - 1, size)],
    }


def written(proof: Mapping[str, Any]) -> str:
    """Write a proof the one way that `check` accepts."""
    return json.dumps(proof, indent=1) + "\n"


def check(text: str) -> Proven:
    """Check a proof's file against itself: nothing in it may be other than it was written.

    Line ends and a byte order mark may be another machine's. Raises InputError for a file that is no proof, and
    LedgerBroken for one that does not hold. Whose key it is must be compared by who checks.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        proof = json.loads(plain)
    except (ValueError, RecursionError):
        raise InputError("this is no proof", next_step="Ask for the file that teamskit ledger prove wrote.") from None
    if not isinstance(proof, dict) or "format" not in proof:
        raise InputError("this is no proof", next_step="Ask for the file that teamskit ledger prove wrote.")
    try:
        found = _checked(proof)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise _refused("a part of it is missing or was altered") from None
    if written(proof) != plain:
        raise _refused("it is not as it was written")
    return found


def _refused(why: str) -> LedgerBroken:
    return LedgerBroken(
        f"this proof does not hold: {why}", next_step="Do not rely on it. Ask the school for a new one."
    )


def _checked(proof: JSON) -> Proven:
    if list(proof) != ["format", "says", "key", "head", "entries"] or (proof["format"], proof["says"]) != (
        FORMAT,
        SAYS,
    ):
        raise _refused("it is of another kind")
    key, head = PublicKey.of_text(proof["key"]), strict_head("\n".join(proof["head"]))
    if head.signed_by([key]) is None:
        raise _refused("the head in it was not signed with the key in it")
    places = [entry["seq"] for entry in proof["entries"]]
    if any(place >= later for place, later in pairwise(places)):
        raise _refused("its entries are not in their order, each once")
    for entry in proof["entries"]:
        if list(entry) != list(FIELDS) or not _stands(entry, head):
            raise _refused("an entry in it is not the one that was signed")
    if not proof["entries"]:
        raise _refused("there is no entry in it")
    return Proven(tuple(proof["entries"]), head, key)


def _stands(entry: JSON, head: Head) -> bool:
    seal, private = entry["sealed"], entry["private"]
    if private is not None and sealed(_plain_hex(entry["salt"], SALT_BYTES), canonical(private)) != seal:
        return False
    if private is None and entry["salt"] is not None:
        return False
    named = {name: entry[name] for name in ("kind", "key", "version", "at", "about", "revises")}
    leaf = leaf_of(**named, body=canonical(entry["body"]), seal=seal)
    path = [_plain_hex(step, HASH_BYTES) for step in entry["path"]]
    return includes(leaf, entry["seq"] - 1, head.size, path, head.root)


def _plain_hex(text: str, size: int) -> bytes:
    """Read hexadecimal as it is written here; raises ValueError for another size or capital letters."""
    raw = bytes.fromhex(text)
    if len(raw) != size or raw.hex() != text:
        raise ValueError("this is not as it is written")
    return raw
