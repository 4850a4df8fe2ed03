"""The front door and signing in, line by line: the same gate, the same answers."""

from __future__ import annotations

from dataclasses import replace

from billing.accounts import Account
from billing.credentials import Counter
from billing.desk import Desk, role_of
from billing.errors import N_, NotFound, VisitEnded
from billing.forgotten_password import ANSWER, change_password, request_access, set_password
from billing.front_door import welcome
from billing.language import NAMES, Language
from billing.sign_in import InvalidCredentials, SignedIn, Standing, open_desk
from billing.throttle import authenticate
from screens.center.accounts import ROLE_NAMES
from screens.front.change_password import PresentWrong
from screens.front.new_password import NotTheSame
from screens.front.sign_in import COUNTER_NAMES, HINTS
from screens.front.wrong_counter import NO_ACCOUNT, NO_ACCOUNTS, WORDS
from tui.plain.menu import Task, menu, offered, perform
from tui.plain.speech import MOMENT, GivenUp
from tui.plain.talk import Talk

WHY_REFUSED = N_(
    "You are not a billing contact of the account, or the user ID or the password is wrong. Nothing was changed. "
    "Check both and try again; a full stop alone goes back, where a new password can be asked for."
)
HOW_IT_WORKS = N_(
    "Everything here is read line by line. Type a number and Enter to choose. At a question, Enter alone keeps what "
    "stands in brackets and a full stop alone gives up; a question mark explains."
)
NOT_ON_IT = N_("You are not on this account any more. Nothing was changed. Choose another, or ask its billing contact.")


async def front_door(talk: Talk) -> None:
    """Everything from the front door to leaving. Ends by `Left`, or with the input."""
    session = talk.session
    face = await talk.ask(lambda: welcome(session.services.store()))
    await talk.show(f"{face.brand}. {talk.say(N_('Billing counter'))}", talk.say(HOW_IT_WORKS))
    if (arrived := session.arrived) is not None:
        session.arrived = None
        await _arrive(talk, arrived)
    while True:
        counters = [c for c in Counter if c is not Counter.DESK or session.services.desk_door]
        other = next(tag for tag in NAMES if tag != talk.language.tag)
        titles = [*(talk.say(COUNTER_NAMES[c]) for c in counters), NAMES[other], talk.say(N_("What is this?"))]
        chosen = await menu(talk, talk.say(N_("Choose a counter.")), titles, "door", out=False)
        if chosen is None:
            continue
        if chosen < len(counters):
            await _at_counter(talk, counters[chosen])
        elif chosen == len(counters):
            session.language = Language(other)
        else:
            await talk.show(*await talk.ask(_about, talk.language.tag))


def _about(tag: str) -> list[str]:
    from tui.plain.help_pages import help_lines

    return help_lines("door", tag)


async def _at_counter(talk: Talk, counter: Counter) -> None:
    """Ways to be let in at a counter."""
    tasks = (
        Task(N_("Sign in"), lambda t: _sign_in(t, counter)),
        Task(N_("Forgotten password, or first access"), lambda t: _forgotten(t, counter), commands=("forgot",)),
        Task(N_("I have a code"), lambda t: _new_password(t, counter), commands=("set-password",)),
        Task(N_("Demo people"), lambda t: _demo_people(t, counter), where=lambda s: bool(s.services.demo_people)),
        Task(N_("Demo mail"), _demo_mail, where=lambda s: s.services.mailbox is not None),
    )
    while True:
        ways = offered(talk.session, tasks)
        before = [talk.say(COUNTER_NAMES[counter]), talk.say(HINTS[counter])]
        chosen = await menu(talk, talk.say(N_("Sign in")), [talk.say(w.title) for w in ways], "sign_in", before=before)
        if chosen is None:
            return
        await perform(talk, ways[chosen])
        if (identity := talk.session.identity) is not None:
            await _arrive(talk, identity)
            return


async def _sign_in(talk: Talk, counter: Counter) -> None:
    """Prove who is here."""
    services = talk.session.services

    async def form() -> SignedIn:
        user_id = await talk.text(N_("User ID"), help_text=HINTS[counter])
        password = await talk.secret(N_("Password"))
        await talk.tell(MOMENT)
        try:
            return await talk.session.prove(
                lambda: authenticate(
                    services.store(), services.passwords, services.clock, counter, user_id, password, services.source
                )
            )
        except InvalidCredentials:
            await talk.tell(WHY_REFUSED)
            raise

    talk.session.identity = await talk.attempt(form)


async def _forgotten(talk: Talk, counter: Counter) -> None:
    """Have a code mailed; one answer whoever is meant (M15)."""
    services = talk.session.services

    async def form() -> bool:
        await talk.tell(N_("Type your user ID and send it. A code goes to the billing contact's e-mail."))
        user_id = await talk.text(N_("User ID"))
        await talk.ask(lambda: request_access(services.store(), services.clock, counter, user_id, services.source))
        return True

    if await talk.attempt(form):
        await talk.deliver()
        await talk.tell(ANSWER)
        await _new_password(talk, counter)


async def _new_password(talk: Talk, counter: Counter) -> None:
    """A password with the code that was mailed."""
    services = talk.session.services

    async def form() -> bool:
        code = await talk.secret(N_("Code from the mail"))
        password = await _twice(talk)
        await talk.tell(MOMENT)
        await talk.session.prove(
            lambda: set_password(
                services.store(), services.passwords, services.clock, counter, code.strip(), password, services.source
            )
        )
        return True

    if await talk.attempt(form):
        await talk.deliver()
        await talk.tell(N_("The new password is saved. Sign in with it."))


async def _twice(talk: Talk) -> str:
    password = await talk.secret(N_("New password, at least 12 characters"))
    if await talk.secret(N_("Once more")) != password:
        raise NotTheSame
    return password


async def new_password(talk: Talk) -> None:
    """Another password for whoever is signed in."""
    services, session = talk.session.services, talk.session

    async def form() -> bool:
        await talk.tell(N_("Your other visits end, and you are told by mail."))
        present = await talk.secret(N_("Present password"))
        password = await _twice(talk)
        await talk.tell(MOMENT)
        try:
            going_on = await talk.session.prove(
                change_password, talk.desk, services.passwords, present, password, services.source
            )
        except InvalidCredentials as wrong:
            raise PresentWrong from wrong
        session.desk = going_on
        if session.identity is not None:
            session.identity = replace(session.identity, credential=going_on.credential)
        return True

    if await talk.attempt(form):
        await talk.deliver()
        await talk.tell(N_("Your password is changed. This visit goes on; your other visits have ended."))


async def _demo_people(talk: Talk, counter: Counter) -> None:
    """Whom one can sign in as where everything is a demonstration."""
    people = [p for p in talk.session.services.demo_people if p.counter is counter]
    for person in people:
        await talk.show(
            [
                (talk.say(N_("User ID")), person.user_id),
                (talk.say(N_("Password")), person.password),
                ("", talk.say(person.about)),
            ],
            "",
        )


async def _demo_mail(talk: Talk) -> None:
    """What was mailed in the demonstration, newest first."""
    mailbox = talk.session.services.mailbox
    letters = await talk.ask(mailbox) if mailbox else ()
    if not letters:
        await talk.tell(N_("No mail yet."))
    for letter in letters:
        await talk.show(letter, "")


async def _arrive(talk: Talk, identity: SignedIn) -> None:
    """Let a proven person in: to the desk's queue, their account, the choice of it, or the counter that serves them."""
    from tui.plain.counters import at_account, at_desk

    session = talk.session
    session.identity = identity
    try:
        if not identity.standings:
            await _elsewhere(talk, identity)
        elif identity.counter is Counter.DESK:
            await at_desk(talk)
        elif len(identity.standings) == 1:
            await enter(talk, identity.standings[0])
            await at_account(talk)
        else:
            while (standing := await _choose(talk, identity)) is not None:
                await enter(talk, standing)
                await at_account(talk)
    except VisitEnded as ended:
        await talk.refuse(ended)
    except GivenUp:
        pass
    talk.within = False
    session.sign_out()
    await talk.tell(N_("You are signed out."))


async def _elsewhere(talk: Talk, identity: SignedIn) -> None:
    """Say where to go (M2). Nothing of the account is shown."""
    if identity.counter is Counter.DESK:
        await talk.tell(NO_ACCOUNTS)
    elif identity.elsewhere:
        await talk.tell(WORDS[identity.counter], account=identity.elsewhere[0].account.name)
    else:
        await talk.tell(NO_ACCOUNT)


async def _choose(talk: Talk, identity: SignedIn) -> Standing | None:
    """The choice among several accounts; None to sign out."""
    options = [(s, f"{s.account.name}. {talk.say(ROLE_NAMES[s.role])}") for s in identity.standings]
    await talk.tell(N_("A full stop alone signs out."))
    try:
        return await talk.pick(N_("Choose an account"), options)
    except GivenUp:
        return None


async def enter(talk: Talk, standing: Standing) -> None:
    """Open an account of the person's."""
    session = talk.session
    assert session.identity is not None  # noqa: S101 - only the proven come here
    services, identity = session.services, session.identity
    session.desk = await talk.ask(lambda: open_desk(services.store(), services.clock, identity, standing))


async def still_here(talk: Talk) -> bool:
    """See the account and the person's role as they are now; False, told, where they are on it no more."""
    desk = talk.desk
    try:
        talk.session.desk = await talk.ask(_as_now, desk)
    except NotFound:
        await talk.tell(NOT_ON_IT)
        return False
    return True


def _as_now(desk: Desk) -> Desk:
    with desk.store.read() as books:
        role = role_of(books, desk.counter, desk.person.id, desk.account.id)
        if role is None:
            raise NotFound(kind=Account.kind, id=desk.account.id)
        return replace(desk, account=books.get(Account, desk.account.id), role=role)


async def speak_other(talk: Talk) -> None:
    """Another language."""
    options = [(tag, name) for tag, name in NAMES.items()]
    talk.session.language = Language(await talk.pick(N_("Language"), options, talk.language.tag))
