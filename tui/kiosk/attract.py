"""What a kiosk shows while nobody is at it: the tour, or a page after the other of what this counter is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from billing.errors import N_
from billing.language import NAMES, Language
from screens.counter_screen import CounterScreen
from tui.kiosk.stage import INVENTED, Stage, room_for
from tui.text import content

if TYPE_CHECKING:
    from textual.strip import Strip

    from tui.kiosk.rounds import Rounds

WELCOME = N_("Your billing counter")
ANY_KEY = N_("Press any key to begin.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the slide show. `title` and `about` are catalogue messages; a picture is lines of plain text."""

    title: str
    about: str
    picture: tuple[str, ...] = ()


PAGES: tuple[Page, ...] = (
    Page(
        N_("See and pay your invoices"),
        N_("Every invoice and credit note, what is due and when, and paying it now."),
    ),
    Page(
        N_("Change your plan"),
        N_("What a change costs today and from the next period is shown before you confirm it."),
    ),
    Page(
        N_("Corporate accounts"),
        N_("Quotes, purchase orders and statements, together with your representative."),
    ),
    Page(
        N_("Nothing stays here"),
        N_("When you finish, or walk away, your visit ends and this screen forgets it."),
    ),
)
"""The pages, in their order. One stands before each round of the tour; without a tour they are all there is."""


class Attract(CounterScreen[None]):
    """The bottom of the kiosk's screens. The program gives it its keys: any of them opens the counter."""

    TOPIC = "door"
    DEFAULT_CSS = """
    Attract { align: center middle; }
    Attract #attract { width: 70; max-width: 100%; height: auto; padding: 1 2; border: $v-border $v-line; }
    Attract #attract Static { height: auto; margin: 0 0 1 0; }
    Attract #slide { min-height: 6; }
    Attract #begin { margin: 0; color: $v-accent; text-style: bold; }
    Attract #stage { display: none; }
    Attract.-tour #stage { display: block; }
    Attract.-tour Banner, Attract.-tour KeyBar, Attract.-tour Notice, Attract.-tour #attract { display: none; }
    """

    def __init__(self, rounds: Rounds | None = None, pages: tuple[Page, ...] = PAGES) -> None:
        """Without `rounds` of the tour there is the slide show only."""
        super().__init__()
        self._pages, self._page = pages, 0
        self._rounds = rounds
        self._room: tuple[int, int] | None = None
        self._opened = False

    @property
    def _languages(self) -> tuple[Language, ...]:
        """All of them, the kiosk's own first."""
        return (self.language, *(Language(tag) for tag in NAMES if tag != self.language.tag))

    @property
    def _begins(self) -> list[str]:
        return [language.say(ANY_KEY) for language in self._languages]

    def heading(self) -> tuple[str, str]:
        """What this is, in the kiosk's own language."""
        return self.app.title, self.say(WELCOME)

    def body(self) -> ComposeResult:
        """A page and what to press; and the stage, while there is a tour on it."""
        with Vertical(id="attract"):
            yield Static(self._slide(), id="slide")
            yield Static(self._begin(), id="begin")
        yield Stage(self.session.look.glyphs.rule, _chosen("  "), "   ".join(self._begins))

    def look_at_the_clock(self, page: int) -> None:
        """Nobody has been here for so many pages' time: turn to that page, where there is no tour."""
        if self._rounds is not None and self._room != (room := self._room_for_tour()):
            self._room = room
            self._rounds.stop()
            if room is not None:
                self._rounds.start(self, self._languages, self.session.look, room)
        if self._rounds is None or not self._rounds.running:
            self.turn_to(page)

    def _room_for_tour(self) -> tuple[int, int] | None:
        edges = [f"{language.say(INVENTED)}      {_chosen('  ')}" for language in self._languages]
        return room_for(self.size, "   ".join(self._begins), *edges)

    def on_screen_suspend(self) -> None:
        """Somebody is here: the tour is not played to them."""
        self._room = None
        if self._rounds is not None:
            self._rounds.stop()

    def turn_to(self, number: int) -> None:
        """Show a page; numbers go round."""
        if number % len(self._pages) != self._page:
            self._page = number % len(self._pages)
            for slide in self.query("#slide").results(Static):  # none while the screen is told anew
                slide.update(self._slide())

    def open(self, language: Language) -> None:
        """A round of the tour begins, in a language. The page stays until there is a picture."""
        self._opened = True
        self._on_stage(Stage.begin, language.say(INVENTED))

    def show(self, picture: list[Strip]) -> None:
        """What the tour's program draws."""
        self.call_later(self._show, picture)

    def caption(self, words: str, bold: bool) -> None:
        """What the tour says of it."""
        self.call_later(self._on_stage, Stage.caption, words, bold)

    def close(self) -> None:
        """No tour is shown."""
        self._opened = False
        if self.is_running:
            self.remove_class("-tour")

    def _show(self, picture: list[Strip]) -> None:
        self._on_stage(Stage.show, picture)
        self.set_class(self._opened, "-tour")

    def _on_stage(self, doing: Callable[..., None], *what: object) -> None:
        """Do it where a round is still shown."""
        if self._opened:
            for stage in self.query(Stage):
                doing(stage, *what)

    def _slide(self) -> Content:
        page = self._pages[self._page]
        said = [Content.assemble((language.say(page.title), "bold"), "\n", language.say(page.about))
                for language in self._languages]  # fmt: skip
        picture = content("\n".join(page.picture))
        return Content("\n\n").join([*([picture] if page.picture else []), *said])

    def _begin(self) -> Content:
        return content("\n".join([*self._begins, "", _chosen("   ")]))

    def shown_keys(self) -> list[tuple[str, str]]:
        """The page says them."""
        return []


def _chosen(between: str) -> str:
    """Which key chooses which language."""
    return between.join(f"{number} {name}" for number, name in enumerate(NAMES.values(), 1))
