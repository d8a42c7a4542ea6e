from __future__ import annotations

import signal

from exchange.netsvc.signals import Signals
from tests.netsvc.site import LoopInMemory, Site


def make(site: Site, asked: list[int]) -> Signals:
    return Signals(LoopInMemory(site), asked.append)


def test_the_first_signal_to_end_asks_for_it_in_a_later_turn(site: Site) -> None:
    asked: list[int] = []
    signals = make(site, asked)
    signals.end_on(signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    assert asked == []
    site.settle()
    assert asked == [signal.SIGUSR1]
    signals.give_back()


def test_a_signal_that_is_given_back_does_what_it_did_before(site: Site) -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    signals = make(site, [])
    signals.end_on(signal.SIGUSR1)
    signals.subscribe(owner := object(), signal.SIGUSR2, seen.append)
    signals.give_back()

    signal.raise_signal(signal.SIGUSR1)
    site.settle()
    assert seen == [signal.SIGUSR1]
    assert signal.getsignal(signal.SIGUSR2) == signal.SIG_DFL
    signal.signal(signal.SIGUSR1, before)
    signals.unsubscribe(owner)


def test_what_the_reactor_took_is_taken_again(site: Site) -> None:
    asked: list[int] = []
    signals = make(site, asked)
    signals.end_on(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signals.take_again()
    signal.raise_signal(signal.SIGUSR1)
    site.settle()
    assert asked == [signal.SIGUSR1]
    signals.give_back()


def test_a_signal_nobody_wants_any_more_is_given_back_unless_it_ends_the_process(site: Site) -> None:
    owner = object()
    signals = make(site, [])
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signals.subscribe(owner, number, lambda number: None)
    signals.end_on(signal.SIGUSR2)
    signals.unsubscribe(owner)
    signals.unsubscribe(owner)
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGUSR2) != signal.SIG_DFL
    assert len(signals) == 1
    signals.give_back()
