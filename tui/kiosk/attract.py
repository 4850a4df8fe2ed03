"""What a kiosk shows while nobody is at it: what this counter is, in both languages, a page after the other."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from billing.errors import N_
from billing.language import NAMES, Language
from screens.counter_screen import CounterScreen
from tui.text import content

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
"""The pages, in their order: the seam for a tour's captions and pictures."""


class Attract(CounterScreen[None]):
    """The bottom of the kiosk's screens. The program gives it its keys: any of them opens the counter."""

    TOPIC = "door"
    DEFAULT_CSS = """
    Attract { align: center middle; }
    Attract #attract { width: 70; max-width: 100%; height: auto; padding: 1 2; border: $v-border $v-line; }
    Attract #attract Static { height: auto; margin: 0 0 1 0; }
    Attract #slide { min-height: 6; }
    Attract #begin { margin: 0; color: $v-accent; text-style: bold; }
    """

    def __init__(self, pages: tuple[Page, ...] = PAGES) -> None:
        super().__init__()
        self._pages, self._page = pages, 0

    @property
    def _languages(self) -> tuple[Language, ...]:
        """All of them, the kiosk's own first."""
        return (self.language, *(Language(tag) for tag in NAMES if tag != self.language.tag))

    def heading(self) -> tuple[str, str]:
        """What this is, in the kiosk's own language."""
        return self.app.title, self.say(WELCOME)

    def body(self) -> ComposeResult:
        """A page and what to press."""
        with Vertical(id="attract"):
            yield Static(self._slide(), id="slide")
            yield Static(self._begin(), id="begin")

    def turn_to(self, number: int) -> None:
        """Show a page; numbers go round."""
        if number % len(self._pages) != self._page:
            self._page = number % len(self._pages)
            self.query_one("#slide", Static).update(self._slide())

    def _slide(self) -> Content:
        page = self._pages[self._page]
        said = [Content.assemble((language.say(page.title), "bold"), "\n", language.say(page.about))
                for language in self._languages]  # fmt: skip
        picture = content("\n".join(page.picture))
        return Content("\n\n").join([*([picture] if page.picture else []), *said])

    def _begin(self) -> Content:
        lines = [language.say(ANY_KEY) for language in self._languages]
        chosen = "   ".join(f"{number} {name}" for number, name in enumerate(NAMES.values(), 1))
        return content("\n".join([*lines, "", chosen]))

    def shown_keys(self) -> list[tuple[str, str]]:
        """The page says them."""
        return []
