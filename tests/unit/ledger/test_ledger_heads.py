import base64
import os
import quopri
import subprocess
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from teamskit.errors import LedgerBroken
from teamskit.ledger.heads import decoded, read_head, signed_head, strict_head
from teamskit.ledger.keys import PublicKey, Signer, make_key, new_name, read_key
from teamskit.ledger.mails import head_of_file

SIGNER = Signer("school.example/ledger/0123456789ab", bytes(range(32)))
HEAD = signed_head(SIGNER, 48211, bytes(range(100, 132)))


def test_a_head_is_a_signed_note_of_four_lines_and_a_blank_one():
    origin, size, root, blank, signature = HEAD.note.splitlines()
    assert (origin, size, blank) == (SIGNER.name, "48211", "")
    assert base64.b64decode(root) == bytes(range(100, 132))
    assert signature.startswith(f"\u2014 {SIGNER.name} ")
    assert HEAD.note.endswith("\n")
    assert len(HEAD.note) < 300
    assert HEAD.plain.isascii()


def test_the_example_of_the_signed_note_specification_is_read_and_its_signature_has_its_id():
    """C2SP tlog-checkpoint, the example; the key is that of Go's checksum database's kind, of which the id is known."""
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo"
        "+zyWE+xeMcTOAYQ8=\n"
    )
    head = strict_head(note)
    assert (head.origin, head.size, len(head.signature)) == ("example.com/behind-the-sofa", 20852163, 68)


def test_the_key_of_gos_checksum_database_is_read():
    """golang.org/x/mod, the key of sum.golang.org as every Go tool has it built in."""
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert PublicKey.of_text(text).text == text


AS_IT_COMES = {
    "crlf": lambda note: note.replace("\n", "\r\n"),
    "quoted": lambda note: "".join(f"> {line}\n" for line in note.splitlines()),
    "quoted twice": lambda note: "".join(f">> {line}\n" for line in note.splitlines()),
    "one dash": lambda note: note.replace("\u2014", "-"),
    "two dashes": lambda note: note.replace("\u2014", "--"),
    "an en dash": lambda note: note.replace("\u2014", "\u2013"),
    "a console's question mark": lambda note: note.replace("\u2014", "?"),
    "in a letter": lambda note: f"Dear governors,\n\nthe head for November:\n\n{note}\nYours\n-- \nA. Smith\n",
    "spaces at the ends": lambda note: "".join(f"{line}  \n" for line in note.splitlines()),
    "without the last newline": lambda note: note.rstrip(),
    "a broken line": lambda note: note[:-60] + "\n" + note[-60:],
    "a broken line, quoted": lambda note: "> " + (note[:-60] + "\n" + note[-60:]).replace("\n", "\n> "),
    "as screens show it": lambda _: HEAD.plain,
}


@pytest.mark.parametrize("how", AS_IT_COMES)
def test_a_head_is_read_however_it_came(how):
    assert read_head(AS_IT_COMES[how](HEAD.note)) == HEAD
    assert HEAD.signed_by([SIGNER.public]) == SIGNER.public


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_head_is_read_in_any_encoding_a_shell_writes(encoding):
    assert read_head(decoded(HEAD.note.encode(encoding))) == HEAD


@pytest.mark.parametrize(
    "text", ["", "nothing", "a\n1\nb\n", HEAD.text, HEAD.note[:-20], HEAD.note.replace("48211", "x")]
)
def test_what_is_no_head_is_said_to_be_none(text):
    with pytest.raises(ValueError, match="head|base64"):
        read_head(text)


def test_no_turned_bit_of_a_note_is_accepted():
    raw = HEAD.note.encode("utf-8")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            head = strict_head(changed.decode("utf-8"))
        except ValueError:
            continue
        assert head.signed_by([SIGNER.public]) is None


def test_a_head_is_signed_by_its_own_key_only():
    other = Signer(SIGNER.name, bytes(32))
    assert HEAD.signed_by([other.public]) is None
    assert HEAD.signed_by([other.public, SIGNER.public]) == SIGNER.public
    assert HEAD.signed_by([PublicKey("another.example/ledger", SIGNER.public.raw)]) is None


def test_a_key_is_kept_owner_only_and_read_back(tmp_path):
    path = tmp_path / "ledger.key"
    made = make_key(path, new_name("school.example"))
    assert read_key(path) == made
    assert PublicKey.of_text(made.public.text) == made.public
    assert made.seed.hex() not in made.public.text
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(tmp_path / "none") is None
    path.write_text("PRIVATE+KEY+x", encoding="utf-8")
    with pytest.raises(LedgerBroken, match="key"):
        read_key(path)


@pytest.mark.parametrize("text", ["", "x", "a+00000000+AQ==", SIGNER.public.text.replace("school", "scho0l")])
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(ValueError, match="key"):
        PublicKey.of_text(text)


def test_openssl_accepts_the_signature(tmp_path):
    """An independent check of Ed25519 itself."""
    pem = SIGNER.public._key.public_bytes(*_pem())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "text").write_bytes(HEAD.text.encode("utf-8"))
    (tmp_path / "sig").write_bytes(HEAD.signature[4:])
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "sig"]
    try:
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    assert done.returncode == 0, done.stderr


def _pem():
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return Encoding.PEM, PublicFormat.SubjectPublicKeyInfo


def mailed(encoding, text, kind="plain"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "it@school.example", "chair@trust.example", "Head, November"
    message.set_content(text, subtype=kind, cte=encoding)
    return message.as_bytes(policy=SMTP)


BROKEN = HEAD.note.replace("\n", "<br>")
SAVED = {
    "quoted-printable": mailed("quoted-printable", f"Dear governors,\n\n{HEAD.note}"),
    "base64": mailed("base64", HEAD.note),
    "HTML": mailed("quoted-printable", f"<p>Dear all,</p><p>{BROKEN}</p>", "html"),
    "a page": f"<html><pre>{HEAD.note}</pre></html>".encode(),
    "quoted-printable without its headings": quopri.encodestring(HEAD.note.encode("utf-8")),
    "lines double spaced": HEAD.note.replace("\n", "\r\n\r\n").encode("utf-8"),
    "a file as it is": HEAD.note.encode("utf-8"),
}


@pytest.mark.parametrize("how", SAVED)
def test_a_head_is_read_out_of_a_saved_mail_however_it_is_encoded(how):
    assert head_of_file(SAVED[how]) == HEAD


def test_a_head_that_hangs_on_to_a_mail_is_read():
    message = EmailMessage()
    message.set_content("Here it is.")
    message.add_attachment(HEAD.note.encode("utf-8"), "application", "octet-stream", filename="head.txt")
    assert head_of_file(message.as_bytes()) == HEAD


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 90, b"a\n" + b"9" * 5000 + b"\n", mailed("base64", "no head")])
def test_a_file_without_a_head_is_said_to_have_none(raw):
    with pytest.raises(ValueError, match="no head"):
        head_of_file(raw)
