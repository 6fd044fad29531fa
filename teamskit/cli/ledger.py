"""`teamskit ledger`: whether the call log is what it was, and how to show that to others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.context import Here
from teamskit.cli.ledger_keeping import export, hold, purge
from teamskit.cli.output import clean, count, emit_json, emit_table, say, say_folded, working
from teamskit.cli.who import by_option, who

if TYPE_CHECKING:
    from teamskit.ledger.heads import Head
    from teamskit.ledger.proofs import Proven
    from teamskit.ledger.verify import Verdict

TABLE_OR_JSON = click.option(
    "--output", type=click.Choice(["table", "json"]), default="table", show_default=True, help="How to print it."
)
OUT = click.Path(dir_okay=False, path_type=Path)
SHOWN = 200


@click.group("ledger")
def command() -> None:
    """Prove that the call log is whole, and keep it no longer than it must be kept."""


@command.command()
@click.option("--against", metavar="FILE", help="An old head, as a file or an e-mail with it; - reads standard input.")
@TABLE_OR_JSON
@click.pass_obj
def verify(here: Here, against: str | None, output: str) -> int:
    """Look at every entry of the log and say what is not as it was written.

    \b
    teamskit ledger verify
    teamskit ledger verify --against head-2026-11.txt

    Permissions: none. Exit status: 0 all is as it was, 1 something is wrong, 2 there is no such file.
    """
    from teamskit.ledger.verify import verify as verified

    head = None if against is None else _read_head(against)
    with working("Looking at every entry"), here.ledger() as ledger, ledger.reading() as connection:
        found = verified(connection, ledger.public_key(), head)
    if output == "json":
        emit_json(_as_json(found))
    else:
        _show(found)
    return 0 if found.holds else 1


@command.command("head")
@click.option("-o", "file", type=OUT, metavar="FILE", help="Write it to a file, to send or to keep elsewhere.")
@TABLE_OR_JSON
@click.pass_obj
def head_of(here: Here, file: Path | None, output: str) -> None:
    """Show the newest head: size and root of the log, signed. Keep it where nobody of the school can change it.

    \b
    teamskit ledger head
    teamskit ledger head -o head.txt

    It names nobody. Later, ledger verify --against shows that all that it covers is still there, unchanged.
    """
    from teamskit.errors import InputError
    from teamskit.school.folder import write_whole

    with here.ledger() as ledger:
        newest, key = ledger.newest_head(), ledger.public_key()
    if newest is None:
        raise InputError("the call log is empty, so there is no head yet", next_step="Run: teamskit calls sync")
    shown = key.text if key and newest.signed_by([key]) else "not in this folder: teamskit ledger verify"
    if file:
        here.may_write(file)
        write_whole(file, newest.note)
    if output == "json":
        facts = {"origin": newest.origin, "size": newest.size, "root": newest.root.hex(), "note": newest.note}
        emit_json({**facts, "key": key.text if key else None})
        return
    if file is None:
        say(newest.plain)
    else:
        say(f"{count(newest.size, 'entry', 'entries')}, root {newest.root.hex()}")
    say(f"Public key: {shown}")
    if file:
        say(str(file))


@command.command()
@click.option("--call", "call_id", required=True, metavar="ID", help="The call's id, as calls list shows it.")
@click.option("--all-versions", is_flag=True, help="All that was ever learnt of it, not only the newest word.")
@click.option("--head", "head_file", metavar="FILE", help="Prove it under this older head, which somebody holds.")
@click.option("-o", "file", type=OUT, metavar="FILE", help="The file to write; without it, it is printed.")
@by_option
@click.pass_obj
def prove(
    here: Here, call_id: str, all_versions: bool, head_file: str | None, file: Path | None, by: str | None
) -> None:
    """Write one call with the proof that it stands in the log, for the police or the LADO. It shows no other call.

    \b
    teamskit ledger prove --call 8f2d... -o call.json

    The file names everybody in the call. It is checked with teamskit ledger check-proof, without this folder.
    """
    from teamskit.cli.who import record_files
    from teamskit.errors import InputError
    from teamskit.ledger.proofs import prove as proven
    from teamskit.ledger.proofs import written
    from teamskit.ledger.retention import CALL
    from teamskit.school.folder import write_whole

    if file:
        here.may_write(file)
    head = None if head_file is None else _read_head(head_file)
    with here.ledger() as ledger, ledger.reading() as connection:
        found = proven(connection, CALL, call_id, all_versions=all_versions, head=head)
    if found is None:
        under = " under this head" if head else ""
        raise InputError(
            f"there is no such call in the log{under}", next_step="See the ids: teamskit calls list --output json"
        )
    record_files(here, [file or Path("-")], by, of="proof", form="json", calls=[call_id], entries=len(found["entries"]))
    if file is None:
        click.echo(written(found), nl=False)
        return
    write_whole(file, written(found), private=True)
    is_named = any(entry["private"] is not None for entry in found["entries"])
    names = "It names people." if is_named else "The names in it were purged."
    say(f"{count(len(found['entries']), 'entry', 'entries')} of this call, with the proof. {names}")
    say(f"To check it elsewhere: teamskit ledger check-proof {file.name} --key {found['key']}")
    say(str(file))


@command.command("check-proof")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "key_text", metavar="PUBLICKEY", help="The school's public key, had from the school itself.")
@click.option("--head", "head_file", metavar="FILE", help="A head of the log that you have from before.")
@TABLE_OR_JSON
def check_proof(file: Path, key_text: str | None, head_file: str | None, output: str) -> None:
    """Check a call's proof; needs no school folder.

    \b
    teamskit ledger check-proof call.json
    teamskit ledger check-proof call.json --key school.example/ledger/...

    Exit status: 0 it holds, 1 it does not, 2 it is no proof or there is no such file.
    """
    from teamskit.ledger.heads import decoded
    from teamskit.ledger.proofs import check

    found = check(decoded(_bytes_of(str(file))))
    _compare(found, key_text, None if head_file is None else _read_head(head_file))
    is_compared = key_text is not None or head_file is not None
    if output == "json":
        head = {"origin": found.head.origin, "size": found.head.size, "root": found.head.root.hex()}
        emit_json(
            {"holds": True, "key": found.key.text, "compared": is_compared, "head": head, "entries": found.entries}
        )
        return
    say(f"It holds: {count(len(found.entries), 'entry', 'entries')} of {found.head.origin}, unchanged since written.")
    emit_table(
        ("Entry", "Kind", "Id", "Version", "Written", "People"),
        [(e["seq"], e["kind"], e["key"], e["version"], e["at"], _people(e)) for e in found.entries],
    )
    if any(_is_without_names(entry) for entry in found.entries):
        say(
            "Names are not in this file: they were purged from the log, or taken out of the file. Ask the school which."
        )
    say("It shows what stood in the log when its head was signed; a later entry of the same call would not be in it.")
    say(f"Head: {found.head.size:,} entries, root {found.head.root.hex()}")
    say(f"Public key: {found.key.text}")
    if not is_compared:
        say("Compare this key with the one the school gives you, or check again with --key or --head.")


@command.command("new-key")
@click.option("--confirm", metavar="NAME", help="The school's name, to go on.")
@by_option
@click.pass_obj
def new_key(here: Here, confirm: str | None, by: str | None) -> None:
    """Go on with a new key when the one that signs the log is lost for good. The log keeps a word on it.

    \b
    teamskit ledger new-key --confirm "Example Primary"

    First look for a copy of .teamskit/ledger.key. Who holds the old public key must be told of the new one.
    """
    from teamskit.cli.ledger_keeping import confirmed
    from teamskit.ledger import Entry
    from teamskit.ledger.scan import KEY

    confirmed(here, confirm)
    name = who(by)
    with here.ledger() as ledger:
        made = ledger.new_key(
            lambda old, new: Entry(
                KEY, new.id.hex(), 1, here.clock.now(), {"old": old.text, "new": new.text}, private={"by": name}
            )
        )
    say("The log goes on under a new key. Tell who holds the old one.")
    say(f"Public key: {made.text}")


for one in (export, purge, hold):
    command.add_command(one)


def _bytes_of(name: str) -> bytes:
    from teamskit.errors import InputError

    if not name:
        # As a script does whose variable is not set: going on would look like a comparison that held.
        raise InputError("the file has no name", next_step="Give the file, or - for standard input.")
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as wrong:
        raise InputError(f"the file cannot be read: {wrong.strerror or wrong}", where=name) from None


def _read_head(name: str) -> Head:
    from teamskit.errors import InputError
    from teamskit.ledger.mails import head_of_file

    try:
        return head_of_file(_bytes_of(name))
    except ValueError as wrong:
        raise InputError(
            str(wrong), where=name, next_step="Give the whole head: four lines and the blank one, with its signature."
        ) from None


def _compare(found: Proven, key_text: str | None, head: Head | None) -> None:
    from teamskit.errors import InputError, LedgerBroken
    from teamskit.ledger.keys import PublicKey

    if key_text is not None:
        try:
            key = PublicKey.of_text(key_text)
        except ValueError as wrong:
            raise InputError(str(wrong), where="--key", next_step="Copy it whole, from its name to its end.") from None
        if key != found.key:
            raise LedgerBroken("this proof was made with another key than the school's", where="--key")
    if head is None:
        return
    if head.origin != found.head.origin or head.signed_by([found.key]) is None:
        raise LedgerBroken("this head is of another log, of another key, or was altered", where="--head")
    if head.size != found.head.size:
        raise LedgerBroken(
            f"this head is of {head.size:,} entries, and the proof of {found.head.size:,}: they cannot be compared",
            where="--head",
            next_step="Ask the school for the proof under your head: teamskit ledger prove --head FILE",
        )
    if head.root != found.head.root:
        raise LedgerBroken("the log that this proof comes from is not the one your head was made of", where="--head")


def _people(entry: dict[str, Any]) -> str:
    people = (entry["private"] or {}).get("people")
    return "not in the file" if _is_without_names(entry) else str(len(people)) if people is not None else ""


def _is_without_names(entry: dict[str, Any]) -> bool:
    return entry["private"] is None and entry["sealed"] is not None


def _as_json(found: Verdict) -> dict[str, Any]:
    against = found.against
    return {
        "holds": found.holds,
        "entries": found.entries,
        "heads": found.heads,
        "forgotten": found.forgotten,
        "root": found.root.hex(),
        "key": found.signer or None,
        "guarded": found.is_guarded,
        "faults": [fault.as_json() for fault in found.faults],
        "against": {"size": against.size, "holds": against.holds, "text": against.text} if against else None,
    }


def _show(found: Verdict) -> None:
    say_folded(_first_words(found), "  ")
    if found.faults:
        emit_table(("Entry", "Kind", "What", "Where and how"), [_fault(one) for one in found.faults[:SHOWN]])
        if len(found.faults) > SHOWN:
            say(f"And {count(len(found.faults) - SHOWN, 'more')}: --output json gives all.")
    if found.forgotten:
        say(f"{count(found.forgotten, 'entry has', 'entries have')} had names purged, as entries of purges say.")
    if not found.is_guarded:
        say("Note: the database's own guards against changes were taken out or altered.")
    if found.entries:
        say(f"Root: {found.root.hex()}")
        say(f"Public key: {found.signer or 'not known'}")
    if found.against:
        say(found.against.text)


def _first_words(found: Verdict) -> str:
    looked = f"{count(found.entries, 'entry', 'entries')} and {count(found.heads, 'head')} looked at"
    if found.faults:
        return f"{looked}. {count(len(found.faults), 'thing is', 'things are')} not as written:"
    if not found.entries:
        return "The log is empty: no entry and no head."
    if not found.holds:
        return f"{looked}. They fit each other, but not the head that was given:"
    return f"{looked}: nothing was altered, removed, put in or moved."


def _fault(fault: Any) -> tuple[str, str, str, str]:
    place = "-" if fault.seq is None else str(fault.seq)
    if fault.seq is not None and fault.to not in (None, fault.seq):
        place = f"{fault.seq} to {fault.to}"
    between = f" (between the heads of {fault.between[0]:,} and {fault.between[1]:,} entries)" if fault.between else ""
    return place, clean(fault.kind) or "-", fault.what, clean(fault.text) + between
