"""What single header fields say: names, addresses, subjects, ids, however they were written.

Owns RFC 2047 and the forms of From, Message-ID, References and In-Reply-To; takes each field as
the text between its colon and the next field, folding included. Not the standard library's
parsers: they stop at the first fault, and half of what old archives hold is faulty.
"""

from __future__ import annotations

import base64
import binascii
import re

from ingest.charsets import decode_bytes

HEADER_EIGHT_BIT = "header-eight-bit"
ENCODED_WORD_BROKEN = "encoded-word-broken"
HEADER_TOO_LONG = "header-too-long"
HEADER_DOUBLED = "header-doubled"
MESSAGE_ID_MISSING = "message-id-missing"
MESSAGE_ID_MADE_UP = "message-id-made-up"
MESSAGE_ID_MALFORMED = "message-id-malformed"

# A field longer than this is cut: no list of ids needs more, and no name or subject nearly as much.
# Those are remembered by the thousand, so that mails that share one are read sooner.
LONGEST_FIELD = 64 * 1024
_LONGEST = dict.fromkeys(("from", "sender", "subject", "date", "message-id"), 4000)
_MOST_REFERENCES = 1000

_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*+:[ \t]*+(.*)\Z", re.DOTALL)
_MOST_FIELD_LINES = 2000
_WANTED = frozenset(
    (
        *("from", "sender", "date", "subject", "message-id", "in-reply-to", "references"),
        *("content-type", "content-transfer-encoding"),
    )
)
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+)\?=")
_QUOTED_BYTE = re.compile(r"=([0-9A-Fa-f]{2})")
_BASE64_NOISE = re.compile(r"[^A-Za-z0-9+/]+")
_PIPERMAIL_SENDER = re.compile(r"([^\s()<>\"]+) at ([^\s()<>\"]+) \((.*)\)\s*\Z", re.DOTALL)
# Atomic, and begun only where a word begins: else a word of 60,000 letters is tried from each of
# them.
_COMMENT_SENDER = re.compile(
    r"<?((?>[^\s()<>\"]+(?:@| at )[^\s()<>\"]+))>? *\((.*)\)\s*\Z", re.DOTALL
)
_ANGLE_SENDER = re.compile(r"(.*)<([^<>]*)>[^<>]*\Z", re.DOTALL)
_ADDRESS = re.compile(r"(?<![^\s()<>\",;])[^\s()<>\",;]+(?:@| at )[^\s()<>\",;]+")
_ID = re.compile(r"<([^<>]{1,1000})>")
_PLAIN_ID = re.compile(r"<([^<>\s]{1,1000})>")
# Pipermail makes one for a mail without id, anew at each build of its archive.
_MADE_UP_ID = re.compile(r"mailman\.\d+\.\d+\.\d+\.([^@\s]+)@\S+\Z")


def read_fields(head: bytes) -> tuple[dict[str, bytes], list[str]]:
    """Take the wanted fields of a header, the first of each; lines that are no field are passed."""
    fields: dict[str, bytes] = {}
    repairs: list[str] = []
    lines = head.split(b"\n", _MOST_FIELD_LINES)
    if len(lines) > _MOST_FIELD_LINES:
        repairs.append(HEADER_TOO_LONG)
        del lines[_MOST_FIELD_LINES:]
    name = ""
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if name and len(fields[name]) < LONGEST_FIELD:
                fields[name] += b"\n" + line[:LONGEST_FIELD]
            continue
        match = _FIELD.match(line)
        found = match[1].decode("ascii").lower() if match is not None else ""
        name = found if found in _WANTED and found not in fields else ""
        if match is not None and name:
            fields[name] = match[2][:LONGEST_FIELD]
            if len(match[2]) > LONGEST_FIELD:
                repairs.append(HEADER_TOO_LONG)
        elif found in ("message-id", "from", "date", "subject"):
            repairs.append(HEADER_DOUBLED)
    return fields, repairs


def cut_fields(fields: dict[str, bytes]) -> tuple[dict[str, bytes], str]:
    """Give the fields no longer than they may be, and the repair needed."""
    longest = max(map(len, fields.values()), default=0)
    if longest <= min(_LONGEST.values()):
        return fields, ""
    cut = {name: value[: _LONGEST.get(name, LONGEST_FIELD)] for name, value in fields.items()}
    return cut, "" if cut == fields else HEADER_TOO_LONG


def decode_field(raw: bytes) -> tuple[str, str]:
    """Turn a field's bytes into unfolded text, RFC 2047 undone; give it and the repair needed."""
    text, repair = decode_raw(raw)
    if "=?" in text:
        text, broken = decode_words(text)
        repair = broken or repair
    return " ".join(text.split()), repair


def decode_raw(raw: bytes) -> tuple[str, str]:
    """Turn a field's bytes into text, RFC 2047 left alone; give it and the repair needed."""
    text, repair = decode_bytes(raw) if not raw.isascii() else (raw.decode("ascii"), "")
    return text.replace("\x00", ""), HEADER_EIGHT_BIT if repair or not raw.isascii() else ""


def decode_words(text: str) -> tuple[str, str]:
    """Decode RFC 2047 words wherever they stand, inside quotes and words too; give text and repair.

    Neighbouring words in one charset are joined as bytes first: some programs cut a character in
    two.
    """
    output: list[str] = []
    pending = bytearray()
    pending_charset = ""
    repair = ""
    end = 0
    for match in _ENCODED_WORD.finditer(text):
        charset = match[1].partition("*")[0].lower()
        data, is_whole = _decode_payload(match[2], match[3])
        between = text[end : match.start()]
        if (between and not between.isspace()) or charset != pending_charset:
            repair = _flush(output, pending, pending_charset) or repair
        if between and not (between.isspace() and end):
            output.append(between)
        pending += data
        pending_charset = charset
        end = match.end()
        if not is_whole:
            repair = ENCODED_WORD_BROKEN
    repair = _flush(output, pending, pending_charset) or repair
    output.append(text[end:])
    return "".join(output), repair


def _flush(output: list[str], pending: bytearray, charset: str) -> str:
    if not pending:
        return ""
    text, repair = decode_bytes(bytes(pending), charset)
    output.append(text)
    pending.clear()
    return ENCODED_WORD_BROKEN if repair else ""


def _decode_payload(encoding: str, payload: str) -> tuple[bytes, bool]:
    if encoding in "qQ":
        data = _QUOTED_BYTE.sub(lambda match: chr(int(match[1], 16)), payload.replace("_", " "))
        return data.encode("latin-1", "replace"), True
    letters = _BASE64_NOISE.sub("", payload)
    whole = len(letters) % 4 != 1
    letters = letters if whole else letters[:-1]
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4)), whole
    except (binascii.Error, ValueError):
        return payload.encode("ascii", "replace"), False


def parse_sender(field: str) -> tuple[str, str]:
    """Read a From field, decoded or not; give the display name and the address in lower case.

    Either is empty where the field has none. Pipermail's `user at host (Name)` is undone, and a
    name that merely repeats the address counts as none.
    """
    name, address = _split_sender(field)
    address = address.replace(" at ", "@", 1).strip().lower()
    name = decode_words(name)[0] if "=?" in name else name
    name = " ".join(name.replace("\x00", "").split()).strip("\"' ")
    if "\\" in name:
        name = re.sub(r"\\(.)", r"\1", name)
    if not address or name.replace(" at ", "@", 1).lower() == address:
        name = "" if address else name
    return name, address


def _split_sender(field: str) -> tuple[str, str]:
    match = _PIPERMAIL_SENDER.match(field)
    if match is not None:
        return match[3], f"{match[1]}@{match[2]}"
    field = field.strip()
    match = _COMMENT_SENDER.match(field)
    if match is not None:
        return match[2], match[1]
    match = _ANGLE_SENDER.match(field)
    if match is not None:
        return match[1], match[2].strip()
    match = _ADDRESS.search(field)
    if match is None:
        return field, ""
    return field[: match.start()] + field[match.end() :], match[0]


def parse_message_id(field: str, archive: str) -> tuple[str, str]:
    """Read a Message-ID field; give the id without brackets, and the repair (empty for none).

    The id is empty where there is none, or where the archive of that name made one up that its next
    build will not repeat. Ids that Mailman gave its mails on other lists are as good as any.
    """
    match = _PLAIN_ID.fullmatch(field) or _ID.search(field)
    found = match[1] if match is not None else _find_bare_id(field)
    clean = "".join(found.split())
    if not clean:
        return "", MESSAGE_ID_MISSING
    made_up = _MADE_UP_ID.match(clean) if clean.startswith("mailman.") else None
    if made_up is not None and made_up[1] == archive:
        return "", MESSAGE_ID_MADE_UP
    return clean, "" if field.strip() == f"<{clean}>" else MESSAGE_ID_MALFORMED


def _find_bare_id(field: str) -> str:
    words = field.replace("<", " ").replace(">", " ").split()
    return next((word for word in words if "@" in word), "".join(words))[:1000]


def parse_references(references: str, in_reply_to: str) -> tuple[str, ...]:
    """Give the ids of a mail's ancestors, oldest first, its parent last (RFC 5322, 3.6.4).

    In-Reply-To counts only for what it adds. Where it is prose, as Outlook's `Your message of
    "..."`, an id in it is believed only if there are no References.
    """
    ids = _find_ids(references[:LONGEST_FIELD])
    answered = _find_ids(in_reply_to[:LONGEST_FIELD])
    if answered:
        is_prose = len(answered) > 1 or in_reply_to.strip() != f"<{answered[0]}>"
        parent = answered[-1]
        if parent not in ids and not (is_prose and ids):
            ids.append(parent)
    if len(ids) > _MOST_REFERENCES:
        ids = ids[:1] + ids[1 - _MOST_REFERENCES :]
    return tuple(ids)


def _find_ids(field: str) -> list[str]:
    if "<" not in field:
        # Without brackets, unless it is prose: then a word with an @ in it is somebody's address.
        words = field.split()
        return words if all(_is_bare_id(word) for word in words) else []
    plain: list[str] = _PLAIN_ID.findall(field)
    if len(plain) == field.count("<"):
        return plain if len(plain) < 2 else list(dict.fromkeys(plain))
    found = ("".join(identifier.split()) for identifier in _ID.findall(field))
    return list(dict.fromkeys(identifier for identifier in found if identifier))


def _is_bare_id(word: str) -> bool:
    left, at, right = word.partition("@")
    return bool(left and at and right) and '"' not in word and not word.endswith((".", ",", ";"))
