"""`contacts`: who is on the account; inviting, changing, removing and bringing back; handing the account over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from billing.accounts import CUSTOMER_ROLES, Role
from billing.contact_changes import change_contact, invite, invite_again, remove_contact, undo_change
from billing.contacts import ROLE_WORDS, Contact, Contacts, list_contacts
from billing.desk import Desk
from billing.errors import N_, NotFound
from billing.handover import accept_handover, decline_handover, offer_handover, withdraw_handover
from tui.commands.call import Call
from tui.commands.exits import DONE
from tui.commands.render import Part, Table
from tui.commands.words import LateParser, consent, somebody

ROLES = tuple(role.value for role in CUSTOMER_ROLES)


def words(topic: str, parser: LateParser) -> None:
    """The words after `contacts`."""
    del topic
    group = parser.group()
    parser.command(group, "list", _list, "who is on the account, and what was changed lately", somebody)
    show = parser.command(group, "show", _show, "one person", somebody)
    show.add_argument("who", metavar="PERSON", help="id, user ID or e-mail address")
    invited = parser.command(group, "invite", _invite, "put somebody on the account", somebody, consent)
    invited.add_argument("name", metavar="NAME")
    invited.add_argument("email", metavar="EMAIL")
    invited.add_argument("--role", choices=ROLES, default="viewer")
    invited.add_argument("--user-id", default="", metavar="USER_ID", help="default: the e-mail address")
    for name, about in (
        ("edit", "change somebody's name, address or role"),
        ("resend", "send an invitation once more"),
        ("remove", "take somebody off the account"),
        ("hand-over", "offer the account to somebody on it"),
    ):
        made = parser.command(group, name, _change, about, somebody, consent)
        made.add_argument("who", metavar="PERSON", help="id, user ID or e-mail address")
        if name == "edit":
            made.add_argument("--name", metavar="NAME")
            made.add_argument("--email", metavar="EMAIL")
            made.add_argument("--role", choices=ROLES)
        if name == "hand-over":
            made.add_argument("--stay-as", choices=ROLES[1:], default="viewer", help="what one is oneself afterwards")
    undo = parser.command(group, "undo", _undo, "take a change back", somebody, consent)
    undo.add_argument("change", metavar="CHANGE", nargs="?", default="", help="its id (default: the last)")
    for name, about in (
        ("accept", "become the billing contact, as was offered"),
        ("decline", "say no to that offer"),
        ("withdraw", "take the offer back"),
    ):
        parser.command(group, name, _handover, about, somebody, consent)


def _shape(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.person.id,
        "name": contact.person.name,
        "email": contact.person.email,
        "role": contact.membership.role,
        "user_id": contact.user_id or None,
        "invited": contact.waiting,
    }


def _all_shape(seen: Contacts) -> dict[str, Any]:
    changes = [
        {"id": c.id, "person_id": c.person_id, "name": c.name, "by": c.by, "at": c.at, "removed": c.removed}
        for c in seen.undoable
    ]
    handover = seen.handover and {"from": seen.handover.from_id, "to": seen.handover.to_id, "at": seen.handover.at}
    return {"contacts": [_shape(c) for c in seen.people], "undoable": changes, "handover": handover}


def _table(call: Call, people: tuple[Contact, ...]) -> Table:
    heads = (N_("Name"), N_("E-mail"), N_("May"), N_("User ID"), N_("Id"))
    rows = [
        (
            c.person.name, c.person.email, call.say(ROLE_WORDS[c.membership.role]), c.user_id, c.person.id,
        )
        for c in people
    ]  # fmt: skip
    return Table(tuple(call.say(m) for m in heads), rows)


def _list(call: Call) -> int:
    with call.desk() as desk:
        seen = list_contacts(desk)
    return call.answer(_all_shape(seen), _table(call, seen.people))


def _found(desk: Desk, typed: str) -> Contact:
    for contact in list_contacts(desk).people:
        if typed in (contact.person.id, contact.user_id, contact.person.email):
            return contact
    raise NotFound(kind="people", id=typed)


def _show(call: Call) -> int:
    with call.desk() as desk:
        contact = _found(desk, call.options.who)
    return call.answer(_shape(contact), _table(call, (contact,)))


def _invite(call: Call) -> int:
    o = call.options
    shape = {"name": o.name, "email": o.email, "role": o.role, "user_id": o.user_id or o.email}
    said = call.say(N_("Invite {name} ({email})."), name=o.name, email=o.email)
    return _do(call, shape, [said], lambda desk: invite(desk, o.name, o.email, Role(o.role), o.user_id))


def _change(call: Call) -> int:
    o = call.options
    with call.desk() as desk:
        contact = _found(desk, o.who)
        if not call.agreed(_shape(contact), [_table(call, (contact,))]):
            return DONE
        who, person = contact.person.id, contact.person
        match o.act:
            case "edit":
                change_contact(
                    desk, who, name=o.name or person.name, email=o.email or person.email,
                    role=Role(o.role) if o.role else contact.membership.role,
                    read=(person.name, person.email, contact.membership.role),
                )  # fmt: skip
            case "resend":
                invite_again(desk, who)
            case "remove":
                remove_contact(desk, who)
            case _:
                offer_handover(desk, who, Role(o.stay_as))
        seen = list_contacts(desk)
    return call.answer(_all_shape(seen), _table(call, seen.people))


def _undo(call: Call) -> int:
    def undo(desk: Desk) -> None:
        undoable = list_contacts(desk).undoable
        change_id = call.options.change or (undoable[0].id if undoable else "-")
        undo_change(desk, change_id)

    return _do(call, {"undo": call.options.change or None}, [call.say(N_("Take the change back."))], undo)


def _handover(call: Call) -> int:
    doing: Callable[[Desk], object] = {
        "accept": accept_handover, "decline": decline_handover, "withdraw": withdraw_handover,
    }[call.options.act]  # fmt: skip
    asked = {
        "accept": N_("Become the billing contact."),
        "decline": N_("Do not take the account over."),
        "withdraw": N_("Take the offer to hand the account over back."),
    }[call.options.act]
    return _do(call, {"handover": call.options.act}, [call.say(asked)], doing)


def _do(call: Call, shape: dict[str, Any], parts: list[Part], doing: Callable[[Desk], object]) -> int:
    """Say what will be done, do it when that is agreed to, and show who is on the account then."""
    with call.desk() as desk:
        if not call.agreed(shape, parts):
            return DONE
        doing(desk)
        try:
            seen = list_contacts(desk)
        except NotFound:
            return call.answer(shape)
    return call.answer(_all_shape(seen), _table(call, seen.people))
