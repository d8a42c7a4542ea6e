"""The rules of one link, from the greeting to the farewell."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.wire.dialogue import MOST_ROUNDS, Dialogue
from exchange.wire.frames import Frame, encode
from exchange.wire.identities import identity_of
from exchange.wire.layouts import FIRST_TRAFFIC, Kind
from exchange.wire.limits import LARGEST_GREETING, MIB, SMALLEST_FRAME, Limits
from exchange.wire.reader import FrameReader
from exchange.wire.steps import STEPS, State
from exchange.wire.terms import VERSIONS, Reason, Terms

PEER = Terms(b"p" * 32)
HUB = Terms(b"h" * 32, is_hub=True)
CALL = b"i" * 16 + b"\0\0\0\1"
REQUEST = encode(Kind.REQUEST, CALL, ("math", "multiply", None), b"\x92\x06\x07")
REPLY = encode(Kind.REPLY, CALL, (), b"\x2a")
LARGE = encode(Kind.REPLY, CALL, (), bytes(200_000))

ARRAYS: dict[Kind, tuple[Any, ...]] = {
    Kind.HELLO: (VERSIONS, "peer", "", PEER.secret, 1, "open", {}),
    Kind.CHALLENGE: (b"",),
    Kind.PROOF: (b"",),
    Kind.WELCOME: (1, HUB.identity, None, {}, ()),
    Kind.READY: (),
    Kind.LEAVING: ("for lunch", 30),
    Kind.BYE: ("stopped", "the end"),
    Kind.PING: (1,),
    Kind.PONG: (1,),
    Kind.ANNOUNCE: (1, "math", (), "*", b"", None, (), None),
    Kind.WITHDRAW: ("withdrawn",),
    Kind.SUBSCRIBE: ("feed", "*", "latest", 1),
    Kind.UNSUBSCRIBE: (),
    Kind.REQUEST: ("math", "multiply", None),
    Kind.REPLY: (),
    Kind.FAILURE: (46, False),
    Kind.CANCEL: (),
    Kind.REPORT: ("feed", "nyse.ibm", None, False, False),
}


def raw(kind: Kind, *array: Any) -> bytes:
    return encode(kind, CALL if kind >= FIRST_TRAFFIC else b"", array or ARRAYS[kind])[3]


def words(dialogue: Dialogue) -> list[tuple[Kind, tuple[Any, ...]]]:
    """Return what a dialogue says now."""
    reader = FrameReader(MIB)
    frames = reader.feed(b"".join(dialogue.to_write()))
    assert reader.fault is None
    return [(Kind(frame[0]), frame[2]) for frame in frames]


def pass_on(source: Dialogue, target: Dialogue) -> list[Frame]:
    return target.receive(b"".join(source.to_write()))


def greeted(dialling: Terms = PEER, accepting: Terms = HUB, now: float = 0.0) -> tuple[Dialogue, Dialogue]:
    """Return the two ends of a link whose greeting is over."""
    peer, hub = Dialogue(dialling, True, now, attachment=3), Dialogue(accepting, False, now)
    pass_on(peer, hub)
    assert hub.awaits_answer
    hub.accept("press-7", ("tcp:hostb:11111",))
    pass_on(hub, peer)
    pass_on(peer, hub)
    return peer, hub


def ended(dialogue: Dialogue) -> str:
    """Return the code with which a dialogue says BYE now."""
    said = words(dialogue)
    assert [kind for kind, _ in said][-1:] == [Kind.BYE]
    assert dialogue.state is State.CLOSING
    assert dialogue.reason is not None
    code, text, identity = said[-1][1]
    assert dialogue.reason == Reason(code, text, False)
    assert identity == dialogue.terms.identity
    return str(code)


# The greeting


def test_the_dialling_side_says_hello_and_waits() -> None:
    peer = Dialogue(Terms(b"p" * 32, group="plant", limits=Limits(max_frame=MIB)), True, 0.0, attachment=3)

    hello = (VERSIONS, "peer", "plant", b"p" * 32, 3, "open", {"max-frame": MIB}, "")
    assert words(peer) == [(Kind.HELLO, hello)]
    assert peer.state is State.GREETING
    assert not peer.awaits_answer


def test_both_ends_know_one_another_when_the_link_is_open() -> None:
    peer, hub = greeted()

    assert peer.is_open
    assert hub.is_open
    assert peer.far is not None
    assert hub.far is not None
    assert (peer.far.identity, peer.far.is_hub) == (HUB.identity, True)
    assert (hub.far.identity, hub.far.is_hub) == (identity_of(b"p" * 32), False)
    assert (hub.far.attachment, hub.far.mechanism) == (3, "open")
    assert peer.principal == hub.principal == "press-7"
    assert peer.endpoints == ("tcp:hostb:11111",)


def test_each_end_knows_how_large_a_frame_the_other_takes() -> None:
    peer, hub = greeted(
        Terms(b"p" * 32, limits=Limits(max_frame=200_000)), Terms(b"h" * 32, limits=Limits(max_frame=MIB))
    )

    assert peer.far is not None
    assert hub.far is not None
    assert (peer.far.max_frame, hub.far.max_frame) == (MIB, 200_000)


def test_a_peer_knows_what_its_hub_takes_of_one_process() -> None:
    limits = Limits(max_instances=7, max_subscriptions=8, max_kept=9)
    peer, _ = greeted(accepting=Terms(HUB.secret, limits=limits))

    assert peer.far is not None
    assert peer.far.takes == limits


def test_a_far_end_that_says_nothing_of_limits_has_the_usual() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO))

    assert hub.far is not None
    assert hub.far.max_frame == 16 * MIB


def test_a_hub_says_that_it_is_one() -> None:
    hub = Dialogue(Terms(b"x" * 32), False, 0.0)
    pass_on(Dialogue(HUB, True, 0.0), hub)

    assert hub.far is not None
    assert hub.far.is_hub


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({0: (2, 3)}, "version"),
        ({0: tuple(range(100, 356))}, "version"),
        ({2: "plant"}, "group"),
        ({3: HUB.secret}, "yourself"),
        ({0: (2,), 2: "plant", 3: HUB.secret}, "version"),
        ({2: "plant", 3: HUB.secret}, "yourself"),
    ],
)
def test_a_hello_that_does_not_fit_is_answered_with_bye(changes: dict[int, Any], code: str) -> None:
    hub = Dialogue(HUB, False, 0.0)
    array = [changes.get(place, value) for place, value in enumerate(ARRAYS[Kind.HELLO])]

    assert hub.receive(raw(Kind.HELLO, *array)) == []

    assert not hub.awaits_answer
    assert ended(hub) == code


def test_one_version_in_common_is_enough() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO, (9, 1, 2), *ARRAYS[Kind.HELLO][1:]))
    hub.accept()

    assert words(hub)[0][1][0] == 1


@pytest.mark.parametrize(
    ("dials", "accepts", "spoken"),
    [((1,), (1, 2), 1), ((1, 2), (1,), 1), ((1, 2), (2, 1), 2), ((1, 2, 3), (2, 3, 4), 3), ((7, 1), (1, 9), 1)],
)
def test_a_link_speaks_the_highest_version_that_both_ends_speak(
    dials: tuple[int, ...], accepts: tuple[int, ...], spoken: int
) -> None:
    dialling = Dialogue(replace(PEER, versions=dials), True, 0.0)
    accepting = Dialogue(replace(HUB, versions=accepts), False, 0.0)
    assert (dialling.version, accepting.version) == (0, 0)

    pass_on(dialling, accepting)
    accepting.accept()
    pass_on(accepting, dialling)

    assert (dialling.version, accepting.version) == (spoken, spoken)
    assert dialling.is_open


@pytest.mark.parametrize(
    ("dials", "accepts", "text"),
    [
        ((2, 3), (1,), "this hub speaks version 1 of the wire, not 2, 3; upgrade this hub"),
        ((1,), (2, 3), "this hub speaks version 2, 3 of the wire, not 1; upgrade who dials it"),
    ],
)
def test_without_a_version_in_common_both_are_named_and_which_is_to_be_upgraded(
    dials: tuple[int, ...], accepts: tuple[int, ...], text: str
) -> None:
    dialling = Dialogue(replace(PEER, versions=dials), True, 0.0)
    accepting = Dialogue(replace(HUB, versions=accepts), False, 0.0)

    pass_on(dialling, accepting)
    pass_on(accepting, dialling)

    assert dialling.reason == Reason("version", text, True, HUB.identity)
    assert accepting.version == 0


@pytest.mark.parametrize(("chosen", "mend"), [(2, "upgrade it"), (0, "upgrade the hub")])
def test_a_version_that_was_not_offered_is_refused_in_words(chosen: int, mend: str) -> None:
    peer = Dialogue(PEER, True, 0.0)

    peer.receive(raw(Kind.WELCOME, chosen, *ARRAYS[Kind.WELCOME][1:]))

    assert peer.reason is not None
    assert peer.reason.text == f"this exchange speaks version 1 of the wire, not {chosen}; {mend}"
    assert peer.version == 0


@pytest.mark.parametrize(("changes", "code"), [({0: 2}, "version"), ({1: PEER.identity}, "yourself")])
def test_a_welcome_that_does_not_fit_is_answered_with_bye(changes: dict[int, Any], code: str) -> None:
    peer = Dialogue(PEER, True, 0.0)
    peer.to_write()

    peer.receive(raw(Kind.WELCOME, *[changes.get(place, value) for place, value in enumerate(ARRAYS[Kind.WELCOME])]))

    assert ended(peer) == code


def test_bye_in_place_of_welcome_ends_the_greeting() -> None:
    peer = Dialogue(PEER, True, 0.0)

    peer.receive(raw(Kind.BYE, "group", "this hub is in exchange group 'plant', not ''"))

    assert peer.state is State.CLOSED
    assert peer.reason == Reason("group", "this hub is in exchange group 'plant', not ''", True)


def test_whoever_has_no_proof_cannot_be_challenged() -> None:
    peer = Dialogue(PEER, True, 0.0)
    peer.receive(raw(Kind.CHALLENGE))
    assert ended(peer) == "mechanism"

    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO) + raw(Kind.PROOF))
    assert ended(hub) == "mechanism"


def test_one_challenge_more_than_there_may_be_ends_the_greeting() -> None:
    peer = Dialogue(replace(PEER, mechanism="riddles"), True, 0.0)
    for _ in range(MOST_ROUNDS):
        peer.receive(raw(Kind.CHALLENGE))
        peer.prove(b"")
    assert peer.reason is None
    peer.receive(raw(Kind.CHALLENGE))
    assert ended(peer) == "protocol"


def test_ready_before_welcome_ends_the_link() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO) + raw(Kind.READY))

    assert ended(hub) == "protocol"
    hub.accept()
    assert words(hub) == []


def test_a_second_hello_ends_the_link() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO) * 2)
    assert ended(hub) == "protocol"

    _, hub = greeted()
    hub.receive(raw(Kind.HELLO))
    assert ended(hub) == "protocol"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind >= FIRST_TRAFFIC])
def test_traffic_before_the_greeting_is_over_ends_the_link(kind: Kind) -> None:
    for dialling in (True, False):
        dialogue = Dialogue(PEER if dialling else HUB, dialling, 0.0)
        assert dialogue.receive(raw(kind)) == []
        assert ended(dialogue) == "protocol"
        assert dialogue.reason is not None
        assert dialogue.reason.text == f"{kind.name} before the greeting was over"


def test_a_large_frame_before_the_greeting_is_over_is_not_waited_for() -> None:
    hub = Dialogue(HUB, False, 0.0)

    hub.receive((LARGEST_GREETING + 1).to_bytes(4, "big") + b"\x01\0\0\0")

    assert ended(hub) == "too-large"


def test_large_traffic_may_come_together_with_ready() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO))
    hub.accept()

    assert hub.receive(raw(Kind.READY) + LARGE[3]) == [LARGE]
    assert hub.is_open


def test_a_greeting_takes_so_long_and_no_longer() -> None:
    for dialogue in (Dialogue(PEER, True, 100.0), Dialogue(HUB, False, 100.0)):
        dialogue.to_write()
        dialogue.tick(109.9)
        assert words(dialogue) == []
        dialogue.tick(110.0)
        assert ended(dialogue) == "greeting"


def test_whoever_is_asked_for_a_decision_has_no_more_time_for_it() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.receive(raw(Kind.HELLO))

    hub.tick(10.0)

    assert ended(hub) == "greeting"
    assert not hub.awaits_answer


# The open link


def test_traffic_goes_to_the_switch_as_it_came() -> None:
    peer, hub = greeted()

    assert hub.receive(REQUEST[3] + raw(Kind.PING) + REPLY[3]) == [REQUEST, REPLY]
    assert peer.receive(LARGE[3]) == [LARGE]


def test_pings_that_come_one_after_another_are_answered_one_by_one() -> None:
    peer, _ = greeted()

    for number in (7, 5, 7):
        peer.receive(raw(Kind.PING, number))
        assert words(peer) == [(Kind.PONG, (number,))]
    assert words(peer) == []


def test_pings_that_come_together_are_answered_once_with_the_number_of_the_last() -> None:
    peer, _ = greeted()

    peer.receive(raw(Kind.PING, 7) + raw(Kind.PONG, 1) + raw(Kind.PING, 8) + REPLY[3])

    assert words(peer) == [(Kind.PONG, (8,))]


def test_a_ping_is_answered_before_whatever_is_said_later() -> None:
    peer, _ = greeted()

    peer.receive(raw(Kind.PING, 3) + raw(Kind.HELLO, (1,), "peer", "", bytes(32), 1, "open"))

    assert [kind for kind, _ in words(peer)] == [Kind.PONG, Kind.BYE]


def test_a_ping_is_not_answered_to_one_who_said_bye() -> None:
    peer, _ = greeted()

    peer.receive(raw(Kind.PING, 3) + raw(Kind.BYE, "stopped", ""))

    assert words(peer) == []


def test_it_tells_how_many_words_came_together() -> None:
    peer, _ = greeted()

    peer.receive(REPLY[3] + raw(Kind.PING, 1) + REQUEST[3] + raw(Kind.PONG, 1) * 5)

    assert peer.words == 6


def test_a_pong_tells_which_ping_it_answers() -> None:
    peer, hub = greeted()
    assert peer.ping() == 1
    assert peer.ping() == 2

    pass_on(peer, hub)
    pass_on(hub, peer)

    assert peer.last_pong == 2


def test_a_pong_that_was_not_asked_for_proves_nothing() -> None:
    peer, _ = greeted()

    peer.receive(raw(Kind.PONG, 1_000_000))

    assert peer.is_open
    assert peer.ping() > peer.last_pong


def test_a_silent_far_end_is_asked_and_given_up() -> None:
    peer, _ = greeted(Terms(b"p" * 32, heartbeat=10, dead_after=30))
    assert peer.terms.tick_every == 1.0
    for now in range(1, 29):
        peer.tick(now)
        assert words(peer) == ([(Kind.PING, (1,))] if now == 11 else [])

    peer.tick(29)
    peer.tick(30)

    assert peer.state is State.CLOSED
    assert peer.reason == Reason("silent", "nothing was heard for 30 seconds", False)
    assert words(peer) == []


def test_a_silent_far_end_is_suspected_until_its_next_byte() -> None:
    peer, _ = greeted()
    suspected = []
    for now in range(1, 20):
        peer.tick(now)
        suspected.append(peer.far_is_suspected)
    assert suspected == [False] * 17 + [True] * 2

    peer.receive(LARGE[3][:1])

    assert not peer.far_is_suspected


def test_a_part_of_a_frame_is_a_sign_of_life() -> None:
    peer, _ = greeted()
    for now in range(1, 100):
        peer.receive(LARGE[3][now : now + 1] if now > 1 else LARGE[3][:2])
        peer.tick(now)

    assert peer.is_open
    assert words(peer) == []


def test_time_in_which_we_did_not_read_is_not_counted() -> None:
    peer, _ = greeted()
    for now in range(1, 100):
        peer.tick(now)
        peer.excuse(now)

    assert peer.is_open
    assert words(peer) == []


def test_whoever_leaves_says_so_and_traffic_goes_on() -> None:
    peer, hub = greeted()

    hub.leave("maintenance\nsoon", 30)
    pass_on(hub, peer)

    assert (hub.state, peer.state) == (State.LEAVING, State.LEAVING)
    assert peer.far_is_leaving
    assert not hub.far_is_leaving
    assert hub.receive(REQUEST[3]) == [REQUEST]
    assert peer.receive(REPLY[3]) == [REPLY]


def test_both_may_leave() -> None:
    peer, hub = greeted()
    hub.leave("", 1)
    peer.leave("", 2.5)
    pass_on(hub, peer)
    pass_on(peer, hub)

    assert peer.far_is_leaving
    assert hub.far_is_leaving


def test_nobody_leaves_before_the_link_is_open() -> None:
    hub = Dialogue(HUB, False, 0.0)
    hub.leave("", 1)

    assert hub.state is State.NEW
    assert words(hub) == []


# The farewell


def test_bye_is_heard_with_its_reason_and_what_came_before_it() -> None:
    peer, hub = greeted()

    hub.bye("stopped", "hub rome\x1b[2J is stopping\r\n")
    frames = peer.receive(REPLY[3] + b"".join(hub.to_write()) + REPLY[3])

    assert frames == [REPLY]
    assert peer.state is State.CLOSED
    assert peer.reason == Reason("stopped", "hub rome [2J is stopping  ", True, HUB.identity)
    assert words(peer) == []


def test_text_of_a_far_end_that_could_do_harm_in_a_log_is_not_taken() -> None:
    peer, _ = greeted()
    plain = raw(Kind.BYE, "stopped", "a..b")

    peer.receive(plain.replace(b"..", b"\r\n"))

    assert ended(peer) == "protocol"
    assert peer.reason is not None
    assert peer.reason.text == "'text' of BYE must be text of at most 1024 bytes without control characters"


def test_a_reason_that_is_too_long_is_cut() -> None:
    _, hub = greeted()
    hub.bye("stopped", "ä" * 5_000)

    assert words(hub)[0][1][1] == "ä" * 512


def test_nothing_is_said_or_heard_after_our_bye() -> None:
    _, hub = greeted()
    hub.bye("stopped", "")
    assert ended(hub) == "stopped"

    assert hub.receive(REQUEST[3] + raw(Kind.PING)) == []
    hub.ping()
    hub.leave("", 1)
    hub.bye("protocol", "")

    assert words(hub) == []
    assert hub.reason == Reason("stopped", "", False)


def test_nothing_is_said_or_heard_after_their_bye() -> None:
    _, hub = greeted()
    hub.receive(raw(Kind.BYE))

    assert hub.receive(REQUEST[3] + raw(Kind.PING)) == []
    hub.ping()
    assert words(hub) == []


def test_whoever_does_not_close_after_our_bye_is_not_waited_for() -> None:
    _, hub = greeted()
    hub.tick(50.0)
    hub.bye("stopped", "")

    states = []
    for now in (50.9, 51.0, 99.0):
        hub.tick(now)
        states.append(hub.state)

    assert states == [State.CLOSING, State.CLOSED, State.CLOSED]


def test_a_lost_connection_is_a_step_in_every_state() -> None:
    peer, hub = greeted()
    leaving, _ = greeted()
    leaving.leave("", 1)
    for dialogue in (Dialogue(PEER, True, 0.0), Dialogue(HUB, False, 0.0), peer, hub, leaving):
        dialogue.lost("the cable\nbroke")
        assert dialogue.state is State.CLOSED
        assert dialogue.reason == Reason("lost", "the cable broke", True)


def test_the_first_reason_stands() -> None:
    _, hub = greeted()
    hub.bye("stopped", "the end")
    hub.lost("connection done")

    assert hub.state is State.CLOSED
    assert hub.reason == Reason("stopped", "the end", False)


@pytest.mark.parametrize(
    "bad", [b"\0\0\0\0\0\0\0\0", b"\xff\xff\xff\xff\x21\0\0\x14", b"\0\0\0\4\x0a\0\0\0", b"\0\0\0\6\x08\1\0\2\x91\1"]
)
def test_a_fault_ends_the_link_and_what_came_before_it_is_heard(bad: bytes) -> None:
    _, hub = greeted()

    assert hub.receive(REQUEST[3] + bad + REQUEST[3]) == [REQUEST]

    assert ended(hub) in ("protocol", "too-large")


# Any input


@given(st.lists(st.integers(0, 10_000)), st.lists(st.integers(0, 10_000)))
def test_two_dialogues_joined_over_any_cutting_of_the_bytes_become_open(one: list[int], other: list[int]) -> None:
    peer, hub = Dialogue(PEER, True, 0.0), Dialogue(HUB, False, 0.0)
    waiting = {peer: b"", hub: b""}
    traffic: dict[Dialogue, list[Frame]] = {peer: [], hub: []}
    sent = False
    cuts = {peer: [place % 300 + 1 for place in one], hub: [place % 300 + 1 for place in other]}
    for _ in range(2_000):
        for source, target in ((peer, hub), (hub, peer)):
            waiting[target] += b"".join(source.to_write())
            size = cuts[target].pop() if cuts[target] else len(waiting[target])
            piece, waiting[target] = waiting[target][:size], waiting[target][size:]
            if piece:
                traffic[target] += target.receive(piece)
            if target.awaits_answer:
                target.accept()
        if peer.is_open and not sent:
            sent = True
            waiting[hub] += b"".join(peer.to_write()) + REQUEST[3] + LARGE[3] + REPLY[3]
        if sent and not waiting[hub] and not any(cuts.values()):
            break

    assert peer.state is hub.state is State.OPEN
    assert traffic[hub] == [REQUEST, LARGE, REPLY]


@given(
    st.sampled_from(["dialling", "new", "awaiting", "welcomed", "open"]),
    st.lists(st.sampled_from(list(Kind)), max_size=8),
)
def test_any_sequence_of_kinds_steps_by_the_table_or_ends_with_bye(start: str, kinds: list[Kind]) -> None:
    dialogue = Dialogue(PEER, True, 0.0) if start == "dialling" else Dialogue(HUB, False, 0.0)
    if start == "open":
        dialogue = greeted()[1]
    elif start in ("awaiting", "welcomed"):
        dialogue.receive(raw(Kind.HELLO))
        if start == "welcomed":
            dialogue.accept()
    dialogue.to_write()

    for kind in kinds:
        before = dialogue.state
        frames = dialogue.receive(raw(kind))
        step = STEPS.get((dialogue.dialling, before, kind))
        said = [word for word, _ in words(dialogue)]
        if before in (State.CLOSING, State.CLOSED):
            assert (frames, said, dialogue.state) == ([], [], before)
        elif kind >= FIRST_TRAFFIC and before in (State.OPEN, State.LEAVING):
            assert [frame[0] for frame in frames] == [kind]
            assert dialogue.state is before
        elif step is not None and dialogue.state is step:
            assert Kind.BYE not in said
        else:
            assert dialogue.state is State.CLOSING
            assert said[-1] is Kind.BYE
            assert dialogue.reason is not None
            refused = kind in (Kind.CHALLENGE, Kind.PROOF)
            assert dialogue.reason.code == ("mechanism" if step and refused else "protocol")


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6),
    st.lists(st.integers(0, 10_000), max_size=6),
)
def test_a_mutated_link_is_heard_the_same_wherever_it_is_cut_and_ends_with_bye_if_it_must(
    changes: list[tuple[int, int]], places: list[int]
) -> None:
    stream = bytearray(REQUEST[3] + raw(Kind.PING, 9) + raw(Kind.ANNOUNCE) + raw(Kind.LEAVING) + REPLY[3])
    for place, byte in changes:
        stream[place % len(stream)] = byte
    outcomes = []
    for cuts in ([], places):
        _, hub = greeted(accepting=Terms(HUB.secret, limits=Limits(max_frame=SMALLEST_FRAME)))
        edges = [0, *sorted(place % len(stream) for place in cuts), len(stream)]
        frames = [frame for start, end in pairwise(edges) for frame in hub.receive(bytes(stream[start:end]))]
        said = words(hub)
        code = hub.reason.code if hub.reason else ""
        assert (hub.state is State.CLOSING) == ((Kind.BYE in [kind for kind, _ in said]) and not hub.is_open)
        outcomes.append((frames, hub.state, code, [kind for kind, _ in said]))

    assert outcomes[0] == outcomes[1]


@given(st.binary(max_size=400))
def test_any_bytes_in_place_of_a_greeting_end_it_or_are_waited_for(data: bytes) -> None:
    hub = Dialogue(HUB, False, 0.0)

    assert hub.receive(data) == []

    assert hub.state in (State.NEW, State.CLOSING, State.CLOSED)


# Hubs


ROME, OSLO = Terms(b"r" * 32, is_hub=True, name="rome"), Terms(b"o" * 32, is_hub=True, name="oslo")


def test_each_end_hears_what_people_call_the_other_if_it_is_a_hub() -> None:
    rome, oslo = Dialogue(ROME, True, 0.0), Dialogue(OSLO, False, 0.0)
    pass_on(rome, oslo)
    oslo.accept()
    pass_on(oslo, rome)
    assert rome.far is not None
    assert oslo.far is not None
    assert (rome.far.name, oslo.far.name) == ("oslo", "rome")

    peer, hub = greeted(accepting=OSLO)
    assert peer.far is not None
    assert hub.far is not None
    assert (peer.far.name, hub.far.name) == ("oslo", "")


def test_a_hub_that_was_welcomed_says_ready_only_when_it_is_told_to() -> None:
    rome, oslo = Dialogue(ROME, True, 0.0), Dialogue(OSLO, False, 0.0)
    pass_on(rome, oslo)
    oslo.accept()
    pass_on(oslo, rome)

    assert (rome.state, rome.awaits_ready, rome.is_open) == (State.WELCOMED, True, False)
    assert rome.to_write() == []
    rome.ready()
    assert (rome.state, rome.awaits_ready, rome.is_open) == (State.OPEN, False, True)
    assert pass_on(rome, oslo) == []
    assert oslo.is_open


def test_a_hub_that_was_welcomed_may_say_bye_instead_and_hears_one() -> None:
    for is_ours in (True, False):
        rome, oslo = Dialogue(ROME, True, 0.0), Dialogue(OSLO, False, 0.0)
        pass_on(rome, oslo)
        oslo.accept()
        pass_on(oslo, rome)
        (rome if is_ours else oslo).bye("joined", "no need")
        pass_on(rome, oslo)
        pass_on(oslo, rome)
        assert (rome.state, oslo.state)[:: 1 if is_ours else -1] == (State.CLOSING, State.CLOSED)
        assert oslo.far_identity == ROME.identity
        assert rome.far_identity == OSLO.identity


def test_a_hub_that_waits_with_its_ready_is_not_spoken_to_and_gives_up_in_time() -> None:
    for kind in (Kind.PING, Kind.WELCOME, Kind.REQUEST):
        rome, oslo = Dialogue(ROME, True, 0.0), Dialogue(OSLO, False, 0.0)
        pass_on(rome, oslo)
        oslo.accept()
        rome.receive(b"".join(oslo.to_write()) + raw(kind))
        assert ended(rome) == "protocol"
    rome, oslo = Dialogue(ROME, True, 0.0), Dialogue(OSLO, False, 0.0)
    pass_on(rome, oslo)
    oslo.accept()
    pass_on(oslo, rome)
    rome.tick(10.0)
    assert ended(rome) == "greeting"


def test_whoever_is_refused_knows_by_whom_if_the_bye_says_so() -> None:
    peer = Dialogue(PEER, True, 0.0)
    assert peer.far_identity is None
    peer.receive(raw(Kind.BYE, "group", "this hub is in another", OSLO.identity))
    assert peer.far_identity == OSLO.identity
