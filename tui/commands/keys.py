"""`keys`: the SSH keys that a person enrolled, to come in without a password."""

from __future__ import annotations

from billing.access_keys import AccessKey, enrol_key, list_keys, rename_key, revoke_key
from billing.errors import N_
from billing.public_key import parse_public_key
from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.render import Table
from tui.commands.shapes import Shape
from tui.commands.words import LateParser, consent, somebody


def words(topic: str, parser: LateParser) -> None:
    """The words after `keys`."""
    del topic
    group = parser.group()
    parser.command(group, "list", _list, "the keys that are enrolled", somebody)
    add = parser.command(group, "add", _add, "enrol a public key", somebody, consent)
    add.add_argument("file", metavar="FILE", help="the .pub file; - for standard input")
    add.add_argument("--name", default="", metavar="TEXT", help="what to call it (default: its comment)")
    rename = parser.command(group, "rename", _rename, "call a key something else", somebody)
    revoke = parser.command(group, "revoke", _revoke, "take a key away", somebody, consent)
    for command in (rename, revoke):
        command.add_argument("fingerprint", metavar="SHA256:...", help="as keys list and ssh-keygen -l show it")
    rename.add_argument("name", metavar="NAME")


def _shape(key: AccessKey) -> Shape:
    return {
        "fingerprint": key.fingerprint,
        "name": key.name,
        "algorithm": key.algorithm,
        "enrolled_at": key.enrolled_at,
        "used_on": key.used_on,
    }


def _list(call: Call) -> int:
    with call.desk() as desk:
        keys = list_keys(desk)
    heads = tuple(call.say(m) for m in (N_("Name"), N_("Fingerprint"), N_("Enrolled"), N_("Last used")))
    rows = [(k.name, k.fingerprint, call.date(k.enrolled_at.date()), call.date(k.used_on)) for k in keys]
    return call.answer({"keys": [_shape(key) for key in keys]}, Table(heads, rows))


def _add(call: Call) -> int:
    line = call.streams.read(call.options.file)
    key = parse_public_key(line)
    facts = [
        (call.say(N_("Fingerprint")), key.fingerprint),
        (call.say(N_("Name")), call.options.name or key.comment or key.algorithm),
    ]
    with call.desk() as desk:
        if not call.agreed({"fingerprint": key.fingerprint, "algorithm": key.algorithm}, [facts]):
            return DONE
        enrolled = enrol_key(desk, line, call.options.name)
    said = call.say(N_("{name} opens your accounts from now on. You are told by mail."), name=enrolled.name)
    return call.answer({"key": _shape(enrolled)}, said)


def _rename(call: Call) -> int:
    with call.desk() as desk:
        key = rename_key(desk, call.options.fingerprint, call.options.name)
    return call.answer({"key": _shape(key)}, [(key.fingerprint, key.name)])


def _revoke(call: Call) -> int:
    with call.desk() as desk:
        found = next((k for k in list_keys(desk) if k.fingerprint == call.options.fingerprint), None)
        facts = [(found.fingerprint, found.name)] if found else [(call.options.fingerprint, "")]
        if not call.agreed(_shape(found) if found else {}, [facts]):
            return DONE
        key = revoke_key(desk, call.options.fingerprint)
    said = call.say(N_("{name} was revoked. You are told by mail."), name=key.name)
    return call.answer({"key": _shape(key)}, said)
