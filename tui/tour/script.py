"""What the tour shows: acts of scenes, each a caption, the keys a person would press, and what must be seen then.

The same script is played to people, drawn for the README, recorded as a cast, and held by `tests/tour`.
"""

from __future__ import annotations

from dataclasses import dataclass

from billing.errors import N_
from tui.demo.stage import DEMO_PASSWORD

ENTER = "enter"


@dataclass(frozen=True, slots=True)
class Scene:
    """One step."""

    caption: str
    """A catalogue message: what is to be seen after the keys."""
    keys: tuple[str, ...] = ()
    """Names of keys; anything longer than a name is typed."""
    see: tuple[str, ...] = ()
    """Catalogue messages, or words of the demonstration's data, that are on the screen then."""
    picture: str = ""
    """The name of the README's picture of it, which ends in its language."""


@dataclass(frozen=True, slots=True)
class Act:
    """Scenes that begin at the front door."""

    title: str
    scenes: tuple[Scene, ...]


def _down(times: int, *then: str) -> tuple[str, ...]:
    return (*("down",) * times, *then)


def _more(number: int, *then: str) -> tuple[str, ...]:
    """The keys to the `number`-th choice of the menu of everything else."""
    return ("f4", *_down(number, ENTER), *then)


DOOR = Scene(
    N_("This is the counter's front door: it opens in any terminal, and over SSH. Arrows choose, Enter opens."),
    see=(N_("Billing Center"), N_("Enterprise Billing Portal")),
    picture="door-es",
)

CENTER = Act(
    N_("The Billing Center: a customer looks after a plan"),
    (
        DOOR,
        Scene(
            N_("At the Billing Center people sign in with their product log-in. The footer says what can be done."),
            (ENTER,),
            (N_("User ID"), N_("Password")),
        ),
        Scene(
            N_("The account at a glance: what is owed, the plan, when it renews, the latest invoices."),
            ("marta@acme.example", ENTER, DEMO_PASSWORD, ENTER),
            (N_("To pay"), N_("Overdue"), "F-2026-"),
            picture="overview-en",
        ),
        Scene(
            N_("F3 opens every invoice and credit note. They can be searched, filtered and sorted."),
            ("f3",),
            (N_("Number"), N_("Issued"), "F-2026-"),
            picture="history-en",
        ),
        Scene(
            N_("Enter reads a document, as it is printed. F7 saves it, F8 prints it, F9 mails it."),
            (ENTER,),
            ("LogMeIn Ibérica Demo, S.L.",),
            picture="invoice-es",
        ),
        Scene(N_("F1 explains the screen, wherever you are."), ("f1",), (N_("Help"),)),
        Scene(
            N_("Esc goes back, step by step. F6 shows the plans."), ("escape", "escape", "escape", "f6"), (N_("Plans"),)
        ),
        Scene(N_("F6 changes the plan. Nothing happens yet: a plan is chosen first."), ("f6",), (N_("Against now"),)),
        Scene(
            N_("What a change costs today and from the next period is shown before it is confirmed."),
            (ENTER,),
            (N_("Next invoices, with tax"),),
            picture="preview-en",
        ),
        Scene(
            N_("Another frequency, more licences, or the end of a plan are chosen from the same list."),
            ("escape", "escape", ENTER),
            (N_("Change the frequency"),),
        ),
        Scene(
            N_("Payment methods, under More. Card details are typed at the payment provider, never here."),
            ("escape", "escape", *_more(0)),
            (N_("Payment methods"),),
        ),
        Scene(
            N_("What invoices are made out to is changed here; F2 shows the difference before it is saved."),
            ("escape", *_more(1)),
            (N_("Billing information"),),
        ),
        Scene(
            N_("The statement of account: everything that was charged and paid, with the balance after each."),
            ("escape", *_more(2)),
            (N_("Statement of account"),),
        ),
    ),
)

FORGOTTEN = Act(
    N_("A forgotten password"),
    (
        Scene(
            N_("Forgotten? F6 has a code mailed, for a first password too. Whether the user ID exists is never told."),
            (ENTER, "f6"),
            (N_("User ID"),),
        ),
    ),
)

ENTERPRISE = Act(
    N_("The Enterprise Billing Portal: a corporate account"),
    (
        Scene(
            N_("Corporate accounts have a counter of their own, with the user ID that is printed on their invoices."),
            _down(1, ENTER),
            (N_("User ID"),),
        ),
        Scene(
            N_("The same glance, and what only corporate accounts have: purchase orders, quotes, branches."),
            ("iberia-facturacion", ENTER, DEMO_PASSWORD, ENTER),
            (N_("To pay"), "F-2026-"),
        ),
        Scene(
            N_("Contacts, and what each may do. The billing contact invites, changes and hands over."),
            _more(7),
            (N_("Contacts"), "Carmen Sáenz"),
        ),
        Scene(N_("Purchase orders: what was drawn, and what remains."), ("escape", "f8"), (N_("Purchase orders"),)),
        Scene(N_("Each order knows the invoices that were drawn on it."), (ENTER,), (N_("Purchase order"),)),
        Scene(
            N_("Quotes are negotiated in one place, with the representative."),
            ("escape", "escape", "f6"),
            (N_("Quotes"), "Q-2026-"),
        ),
        Scene(
            N_("Every revision stays readable; F6 compares two, F4 answers with a counter-offer."),
            (ENTER,),
            (N_("What was said, newest first"),),
            picture="quote-es",
        ),
        Scene(
            N_("F9 accepts, after showing what the new prices come to. Whoever approves is somebody else."),
            ("f9",),
            (N_("Accept"),),
        ),
    ),
)

DESK = Act(
    N_("The representative's desk: the other side of the counter"),
    (
        Scene(
            N_("The vendor's representatives have a door of their own."),
            _down(2, ENTER),
            (N_("Representative's desk"),),
        ),
        Scene(
            N_("The desk opens on what waits, the most pressing first."),
            ("desk.elena", ENTER, DEMO_PASSWORD, ENTER),
            (N_("What waits"), "Lumière"),
            picture="desk-en",
        ),
        Scene(N_("F3 lists the accounts they look after."), ("f3",), (N_("Your accounts"), "Nueva Etapa")),
        Scene(
            N_("At an account they see what its people see, and price quotes. They move no money."),
            (ENTER,),
            (N_("To pay"),),
        ),
        Scene(
            N_("An offer: licences, prices or discounts. Beyond a limit a lead lets it out."),
            ("f6", "f3"),
            (N_("A new offer"),),
        ),
    ),
)

END = Act(
    N_("That was the tour"),
    (
        Scene(
            N_("Your own counter begins with: ventanilla init. Now try it yourself: nothing here is kept."),
            (),
            (N_("Billing Center"),),
        ),
    ),
)

TOUR = (CENTER, FORGOTTEN, ENTERPRISE, DESK, END)
