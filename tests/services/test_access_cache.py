"""How long the bot believes what DSS said about its users."""

from typing import Any, cast

from bot.domain import WhoAmI
from bot.domain.errors import DSSRefused
from bot.domain.policy import AccessMode
from bot.services.access import FRESH, AccessControl
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss


class Refusing(FakeDss):
    """A DSS that doesn't let the key act as anybody until it is told to."""

    refuses = True

    def as_login(self, login: str | None) -> Any:
        """Return itself: only `who_am_i` tells the difference."""
        self.login = login
        return self

    def who_am_i(self) -> WhoAmI:
        """Refuse, or name the login."""
        if self.refuses and self.login is not None:
            self.login = None  # the key itself may be asked about
            raise DSSRefused("no")
        return WhoAmI(identifier=self.login or "bot")


def access(clock: HandClock) -> AccessControl:
    """Return access control that asks DSS only."""
    nobody = cast("Any", None)
    return AccessControl(AccessMode.DSS, nobody, nobody, clock)


def test_a_list_of_users_serves_for_a_while(clock: HandClock) -> None:
    """And not at all when it is of the future: the clock was set back."""
    control, dss = access(clock), FakeDss()
    for seconds, calls in [(0, 1), (1, 1), (FRESH.total_seconds(), 2), (-7_200, 3), (1, 3)]:
        clock.advance(seconds)
        control.logins_like("alice", dss)
        assert dss.made("users") == calls


def test_a_no_is_checked_again_after_the_clock_was_set_back(clock: HandClock) -> None:
    """An administrator gave the key the right in the meantime."""
    control, dss = access(clock), Refusing()
    assert not control._can_impersonate(dss, "alice")
    dss.refuses = False
    assert not control._can_impersonate(dss, "alice")
    clock.advance(-7_200)
    assert control._can_impersonate(dss, "alice")
