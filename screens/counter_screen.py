"""What every screen of the counter shares: the banner, the answers, the keys, and the way to ask.

A screen says what it shows in `body`, fills it in `fill` once it is painted, and lists its keys in `BINDINGS` with
catalogue messages as descriptions. It asks use cases through `attempt`, which shows any refusal in the person's
words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

from billing.errors import N_, Refusal, VisitEnded
from billing.language import Language
from screens.news import News
from tui.widgets.banner import Banner
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice

if TYPE_CHECKING:
    from billing.record import Id
    from screens.session import House, Session

P = ParamSpec("P")
T = TypeVar("T")

KEY_NAMES = {
    "escape": N_("Esc"),
    "enter": N_("Enter"),
    "tab": N_("Tab"),
    "space": N_("Space"),
    "up,down": N_("Arrows"),
    "left,right": N_("Arrows"),
}
"""Keys that have words for names; function keys are written as on the key."""


class CounterScreen(Screen[ScreenResultType]):
    """A screen of the counter."""

    HELP: ClassVar[str | None] = None
    TOPIC: ClassVar[str] = "help"
    """Which help page F1 opens."""
    LIVE: ClassVar[bool] = False
    """Whether `fill` is called again when something was committed for the account, here or at another desk."""

    BINDINGS = [
        Binding("f1", "help", N_("Help")),
        Binding("escape", "back", N_("Back")),
        Binding("f10", "app.leave", N_("Leave")),
    ]

    _news: News | None = None

    @property
    def house(self) -> House:
        """The program, as far as screens may reach into it."""
        return cast("House", self.app)

    @property
    def session(self) -> Session:
        """The visit this screen is part of."""
        return self.house.session

    @property
    def language(self) -> Language:
        """The person's language."""
        return self.session.language

    def say(self, message: str, **values: Any) -> str:
        """A message in the person's language."""
        return self.language.say(message, **values)

    def compose(self) -> ComposeResult:
        """Banner, body, answers, keys."""
        yield Banner(*self.heading())
        yield from self.body()
        yield Notice()
        yield KeyBar(self.shown_keys())

    def heading(self) -> tuple[str, str]:
        """What the banner says on the left and on the right."""
        return self.app.title, ""

    def body(self) -> ComposeResult:
        """What stands between banner and keys."""
        yield from ()

    def fill(self) -> None:
        """Ask for what the screen shows. Called when it has been painted, and again in another language."""

    def on_mount(self) -> None:
        """Paint first, then ask."""
        self.call_after_refresh(self.fill)
        if self.LIVE:
            self._news = News(self)

    def on_unmount(self) -> None:
        """Hear no more news."""
        if self._news is not None:
            self._news.stop()

    def on_screen_suspend(self) -> None:
        """Keep no drawn lines of what nobody sees; they are drawn anew when it is seen again."""
        if not self.app.screen.is_modal:
            for widget in self.walk_children(Widget):
                widget._styles_cache.clear()  # noqa: SLF001 - a refresh would draw them at once

    def on_screen_resume(self) -> None:
        """What happened while another screen lay above shows now."""
        if self._news is not None:
            self._news.catch_up()

    def live_accounts(self) -> tuple[Id, ...]:
        """The accounts whose news a `LIVE` screen wants."""
        desk = self.session.desk
        return (desk.account.id,) if desk else ()

    def shown_keys(self) -> list[tuple[str, str]]:
        """The keys for the bar: help, the screen's own, then the ways out."""
        own: list[tuple[str, Binding]] = []
        common: list[tuple[str, Binding]] = []
        for key, binding in self._bindings:
            if binding.show and binding.description and self.check_action(binding.action, ()) is not False:
                shared = binding.action in ("help", "back", "app.leave")
                (common if shared else own).append((key, binding))
        bindings = sorted(common, key=lambda b: b[1].action != "help")
        bindings[1:1] = own
        named = [(self._key_name(key, binding), self.say(binding.description)) for key, binding in bindings]
        return list(dict.fromkeys(named))

    def _key_name(self, key: str, binding: Binding) -> str:
        name = binding.key_display or key
        return self.say(KEY_NAMES[name]) if name in KEY_NAMES else name.upper()

    async def retell(self) -> None:
        """Say everything again, in another language or look. What was typed stays."""
        from textual.widgets import Input

        typed = {field.id: field.value for field in self.query(Input)}
        focused = self.focused.id if self.focused else None
        await self.recompose()
        for field in self.query(Input):
            field.value = typed.get(field.id, field.value)
        if focused and (found := self.query(f"#{focused}")):
            found.first(Widget).focus()
        self.fill()

    def tell_heading(self) -> None:
        """Say anew what the screen is about."""
        self.query_one(Banner).show(*self.heading())

    def tell_keys(self) -> None:
        """Say anew what can be done."""
        self.query_one(KeyBar).show(self.shown_keys())

    def attempt(self, doing: Callable[[], Awaitable[None]], group: str = "ask") -> None:
        """Do something that may be refused; the refusal is shown here. A newer attempt of a group ends the older."""

        async def guarded() -> None:
            try:
                await doing()
            except VisitEnded as ended:
                # Not from here: a screen that is taken away waits for its own workers.
                self.app.call_later(self._end_visit, ended)
            except Refusal as refusal:
                self.refuse(refusal)
            except NoMatches:
                if self.is_running:
                    raise
                # The answer came while this screen was taken away: there is nothing left to show it on.

        self.run_worker(cast("Any", guarded), group=group, exclusive=True)

    async def _end_visit(self, ended: VisitEnded) -> None:
        """Back to the front door, which says why."""
        app, house = self.app, self.house
        await house.sign_out()
        if isinstance(app.screen, CounterScreen):
            app.screen.refuse(ended)

    async def ask(self, use_case: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case off the event loop."""
        return await self.session.ask(use_case, *args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Show what could not be done."""
        self.query_one(Notice).tell(self.language.refusal(refusal), "bad")

    def answer(self, message: str, **values: Any) -> None:
        """Show what was done."""
        self.query_one(Notice).tell(self.say(message, **values), "good")

    def command(self) -> tuple[str, ...]:
        """The words a script would type for what this screen shows; none where there are none. F1 shows them."""
        return ()

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Close, once: a key that bounces answers a question twice."""
        if self.is_active:
            return super().dismiss(result)
        return cast("AwaitComplete", AwaitComplete.nothing())  # type: ignore[no-untyped-call]

    def action_none(self) -> None:
        """For keys that a widget answers and the bar only names."""

    def action_back(self) -> None:
        """Leave this screen for the one before."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()

    def action_help(self) -> None:
        """Explain this screen."""
        from screens.help_screen import HelpScreen

        self.app.push_screen(HelpScreen(self.TOPIC, self.command()))
