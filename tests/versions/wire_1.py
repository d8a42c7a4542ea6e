"""A speaker of version 1 of the wire, written from ``docs/specification/wire.md`` as it was on 24 November 2026.

It uses sockets, threads and msgpack, and nothing of `exchange`. It stands for what is in the field: processes and
hubs of the first release, which nobody can change any more. So **this file is never changed again**; a test knows its
digest. What a newer hub says over a link of version 1 must be understood here, strictly: a kind that version 1 does not
have, a field of another type and a body where there is none raise `Fault`.

`Peer` offers, calls, publishes, subscribes and watches; `Hub` lets peers in, joins one other hub, and forwards.
"""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any

import msgpack

HELLO, WELCOME, READY, LEAVING, BYE, PING, PONG = 1, 4, 5, 6, 7, 8, 9
ANNOUNCE, WITHDRAW, SUBSCRIBE, UNSUBSCRIBE = 16, 17, 18, 19
REQUEST, REPLY, FAILURE, CANCEL, REPORT = 32, 33, 34, 35, 36
WORDS, BODIES = range(1, 16), (REQUEST, REPLY, FAILURE, REPORT)
DIRECTORY, SUBJECT = "$exchange", "instance."
PATIENCE = 30.0

Frame = tuple[int, bytes, list[Any], bytes]
"""Kind, id, fields, body."""


class Fault(Exception):
    """What came is not version 1."""


class Failed(Exception):
    """A call has failed: number, delivered, name, description."""


def natural(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 64


def text(value: Any) -> bool:
    return (
        type(value) is str and len(value.encode()) <= 1024 and not any(c < " " or "\x7f" <= c < "\xa0" for c in value)
    )


def word(value: Any) -> bool:
    return text(value) and len(value.encode()) <= 255


def name(value: Any) -> bool:
    return word(value) and not value.startswith("$")


def flag(value: Any) -> bool:
    return type(value) is bool


def data(value: Any) -> bool:
    return type(value) is bytes


def of_size(size: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is bytes and len(value) == size


def nil_or(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


def many(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: type(value) is list and len(value) <= 256 and all(map(fits, value))


def limits(value: Any) -> bool:
    return type(value) is dict and all(text(key) and natural(each) for key, each in value.items())


def target(value: Any) -> bool:
    return word(value) if type(value) is str else of_size(20)(value)


def seconds(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 86400


FIELDS: dict[int, list[tuple[Callable[[Any], bool], tuple[Any, ...]]]] = {
    HELLO: [
        (many(natural), ()), (word, ()), (name, ()), (of_size(32), ()), (natural, ()), (text, ()), (limits, ({},)),
        (word, ("",)),
    ],
    2: [(data, ())],
    3: [(data, ())],
    WELCOME: [(natural, ()), (of_size(16), ()), (nil_or(word), ()), (limits, ()), (many(text), ()), (word, ("",))],
    READY: [],
    LEAVING: [(text, ()), (seconds, ())],
    BYE: [(text, ()), (text, ()), (nil_or(of_size(16)), (None,))],
    PING: [(natural, ())],
    PONG: [(natural, ())],
    ANNOUNCE: [
        (natural, ()), (name, ()), (many(name), ()), (name, ()), (data, ()), (nil_or(word), ()), (many(name), ()),
        (nil_or(of_size(16)), ()),
    ],
    WITHDRAW: [(text, ())],
    SUBSCRIBE: [(target, ()), (text, ()), (text, ()), (natural, ())],
    UNSUBSCRIBE: [],
    REQUEST: [(target, ()), (word, ()), (nil_or(word), (None,))],
    REPLY: [],
    FAILURE: [(lambda value: type(value) is int, ()), (nil_or(flag), ())],
    CANCEL: [],
    REPORT: [(word, ()), (text, ()), (nil_or(of_size(20)), ()), (flag, ()), (flag, (True,))],
}  # fmt: skip
"""The kinds of version 1: what fits in each field, and what it means when it is absent."""


def pack(kind: int, thing: bytes = b"", fields: list[Any] | None = None, body: bytes = b"") -> bytes:
    """Return the bytes of a frame."""
    header = thing + (msgpack.packb(fields) if fields else b"")
    return struct.pack(">IBBH", 4 + len(header) + len(body), kind, 0, len(header)) + header + body


def unpack(raw: bytes) -> Frame:
    """Return what a whole frame says, if it is one of version 1."""
    _, kind, flags, length = struct.unpack_from(">IBBH", raw)
    if kind not in FIELDS or flags:
        raise Fault(f"kind {kind}, flags {flags}: version 1 has none such")
    thing = b"" if kind in WORDS else raw[8:28]
    header, body = raw[8 + len(thing) : 8 + length], raw[8 + length :]
    if (kind not in WORDS and length < 20) or (body and kind not in BODIES):
        raise Fault(f"kind {kind}: no id, or a body where version 1 has none")
    said = msgpack.unpackb(header) if header else []
    if type(said) is not list:
        raise Fault(f"kind {kind}: the header holds no array")
    fields = []
    for place, (fits, absent) in enumerate(FIELDS[kind]):
        if place >= len(said) and not absent:
            raise Fault(f"kind {kind}: field {place} is not there")
        fields.append(said[place] if place < len(said) else absent[0])
        if not fits(fields[-1]):
            raise Fault(f"kind {kind}: field {place} is {fields[-1]!r}")
    return kind, thing, fields, body


def matches(pattern: str, subject: str) -> bool:
    """Whether a pattern has a subject; dots and brackets mean nothing in it."""
    return fnmatchcase(subject, pattern.replace("[", "[[]"))


class Link:
    """One connection: what comes is given to its owner, frame by frame, under the lock of all that the owner has."""

    def __init__(self, owner: Any, sock: socket.socket, dialled: bool) -> None:
        self.owner, self.socket, self.dialled = owner, sock, dialled
        self.is_open = self.is_hub = self.is_leaving = self.is_over = False
        self.identity, self.version = b"", 0
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def send(self, kind: int, thing: bytes = b"", fields: list[Any] | None = None, body: bytes = b"") -> None:
        self.pass_on(pack(kind, thing, fields, body))

    def pass_on(self, raw: bytes) -> None:
        with suppress(OSError):  # the thread that reads will notice, too
            self.socket.sendall(raw)

    def close(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.socket.close()

    def _run(self) -> None:
        try:
            for raw in self._frames():
                with self.owner.changed:
                    self.owner.received(self, *unpack(raw), raw)
                    self.owner.changed.notify_all()
                if self.is_over:
                    break
        except (OSError, EOFError):
            pass
        except Exception as error:
            with self.owner.changed:
                self.owner.faults.append(error)
        with self.owner.changed:
            self.is_over = True
            self.owner.lost(self)
            self.owner.changed.notify_all()
        self.socket.close()

    def _frames(self) -> Iterator[bytes]:
        with self.socket.makefile("rb") as stream:
            while True:
                size = stream.read(4)
                if len(size) < 4:
                    return
                rest = stream.read(int.from_bytes(size, "big"))
                yield size + rest


class Speaker:
    """What a peer and a hub have in common: an identity, a lock, and the words of the links."""

    role = "peer"

    def __init__(self, title: str = "") -> None:
        self.title = title
        self.secret = os.urandom(32)
        self.identity = hashlib.sha256(self.secret).digest()[:16]
        self.changed = threading.Condition(threading.RLock())
        self.faults: list[Exception] = []
        self.said: list[tuple[str, str]] = []
        self.links: list[Link] = []
        self._number = 0

    def dial(self, port: int, versions: tuple[int, ...] = (1,), attachment: int = 1) -> Link:
        """Make a link to a hub of this machine, and wait until it is open or refused."""
        link = Link(self, socket.create_connection(("127.0.0.1", port)), dialled=True)
        with self.changed:
            self.links.append(link)
        said = [list(versions), self.role, "", self.secret, attachment, "open", {}]
        link.send(HELLO, b"", [*said, self.title] if self.title else said)
        self.wait(lambda: link.is_open or link.is_over)
        return link

    def make_id(self) -> bytes:
        """Return the id of a new thing."""
        self._number += 1
        return self.identity + self._number.to_bytes(4, "big")

    def wait(self, true: Callable[[], Any], patience: float = PATIENCE) -> None:
        """Wait until something is so, and raise what was wrong with anything that came."""
        with self.changed:
            so = self.changed.wait_for(lambda: true() or self.faults, patience)
            if self.faults:
                raise self.faults[0]
            assert so, f"it never came to that; the hub said {self.said}"

    def close(self) -> None:
        """End all links."""
        for link in list(self.links):
            link.send(BYE, b"", ["stopped", "the end", self.identity])
            link.close()

    def received(self, link: Link, kind: int, thing: bytes, fields: list[Any], body: bytes, raw: bytes) -> None:
        if not link.is_open and kind not in (HELLO, WELCOME, READY, BYE):
            raise Fault(f"kind {kind} before the link is open")
        if kind == WELCOME:
            link.version, link.identity = fields[0], fields[1]
            if link.version != 1:
                raise Fault(f"version {link.version} was not offered")
            link.send(READY)
            self.open(link)
        elif kind == PING:
            link.send(PONG, b"", fields)
        elif kind == BYE:
            self.said.append((fields[0], fields[1]))
            link.is_over = True
        elif kind == LEAVING:
            link.is_leaving = True
            self.leaving(link)
        elif kind != PONG:
            self.heard(link, kind, thing, fields, body, raw)

    def open(self, link: Link) -> None:
        link.is_open = True

    def leaving(self, link: Link) -> None: ...

    def lost(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)

    def heard(self, link: Link, kind: int, thing: bytes, fields: list[Any], body: bytes, raw: bytes) -> None: ...


class Peer(Speaker):
    """A process with services, calls and subscriptions."""

    def __init__(self) -> None:
        super().__init__()
        self.offered: dict[bytes, tuple[str, dict[str, Callable[..., Any]]]] = {}
        self.kept: dict[tuple[bytes, str], tuple[Any, int]] = {}
        self.numbers: dict[tuple[bytes, str], int] = {}
        self.wanted: dict[bytes, tuple[Any, str]] = {}
        self.answers: dict[bytes, tuple[int, list[Any], bytes]] = {}
        self.reports: dict[bytes, list[tuple[str, Any, bool]]] = {}
        self.patterns: dict[bytes, tuple[str, str]] = {}
        self.newest: dict[tuple[bytes, bytes, str], int] = {}
        self.cancelled: set[bytes] = set()
        self.asked: list[bytes] = []

    @property
    def link(self) -> Link:
        return self.links[-1]

    def offer(self, service: str, groups: tuple[str, ...] = (), **methods: Callable[..., Any]) -> bytes:
        """Announce an instance; what a method raises is told to its caller. It may be called with the lock held."""
        with self.changed:
            instance = self.make_id()
            self.offered[instance] = (service, methods)
            self.link.send(ANNOUNCE, instance, [1, service, list(groups), "*", b"", None, [], None])
            return instance

    def withdraw(self, instance: bytes) -> None:
        with self.changed:
            del self.offered[instance]
            self.link.send(WITHDRAW, instance, ["withdrawn"])

    def ask(self, to: str | bytes, method: str, *args: Any, **kwargs: Any) -> bytes:
        """Send a REQUEST; return the id of the call."""
        with self.changed:
            call = self.make_id()
            body = msgpack.packb([list(args), kwargs, {"time-left": int(PATIENCE * 1000)}])
            self.link.send(REQUEST, call, [to, method, None], body)
            return call

    def answer(self, call: bytes) -> Any:
        """Wait for what comes of a call.

        Raises:
            Failed: It failed.
        """
        self.wait(lambda: call in self.answers or not self.links)
        kind, fields, body = self.answers.pop(call)
        said = msgpack.unpackb(body, strict_map_key=False)
        if kind == FAILURE:
            raise Failed(fields[0], fields[1], said[0], said[1])
        return said

    def call(self, to: str | bytes, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method, and wait for what comes of it."""
        return self.answer(self.ask(to, method, *args, **kwargs))

    def reply(self, call: bytes, result: Any) -> None:
        """Answer a call that a method did not."""
        with self.changed:
            self.link.send(REPLY, call, None, msgpack.packb(result))

    def cancel(self, call: bytes) -> None:
        with self.changed:
            self.link.send(CANCEL, call)

    def subscribe(self, service: str, pattern: str, overflow: str = "drop-oldest") -> bytes:
        """Ask for reports; what comes is in ``reports``, by subject, with whether it was retained."""
        with self.changed:
            subscription = self.make_id()
            self.patterns[subscription], self.reports[subscription] = (service, pattern), []
            self.link.send(SUBSCRIBE, subscription, [service, pattern, overflow, 1])
            return subscription

    def unsubscribe(self, subscription: bytes) -> None:
        with self.changed:
            del self.patterns[subscription]
            self.link.send(UNSUBSCRIBE, subscription)

    def watch(self) -> bytes:
        """Ask the directory who is there."""
        return self.subscribe(DIRECTORY, SUBJECT + "*", "disconnect")

    def present(self, watch: bytes) -> dict[str, list[str]]:
        """Return who is there by now, name to groups, once the first picture is whole."""
        self.wait(lambda: any(subject == "" for subject, _, _ in self.reports[watch]))
        told: dict[str, Any] = {}
        with self.changed:
            for subject, content, _ in self.reports[watch]:
                told[subject] = content
        return {each["name"]: each["groups"] for each in told.values() if isinstance(each, dict) and "name" in each}

    def publish(self, instance: bytes, subject: str, content: Any, keep: bool = False) -> None:
        """Publish a report, which late subscribers get, too, if it is kept."""
        with self.changed:
            number = self.numbers[instance, subject] = self.numbers.get((instance, subject), 0) + 1
            if keep:
                self.kept[instance, subject] = (content, number)
            if any(self._wants(wish, instance, subject) for wish in self.wanted.values()):
                self._report(instance, subject, None, False, content, number, None if keep else 0)

    def open(self, link: Link) -> None:
        super().open(link)
        for instance, (service, _) in self.offered.items():
            link.send(ANNOUNCE, instance, [1, service, [], "*", b"", None, [], None])

    def leaving(self, link: Link) -> None:
        link.send(LEAVING, b"", ["the hub leaves, and no other is known", 30])
        link.send(PING, b"", [1])

    def lost(self, link: Link) -> None:
        super().lost(link)
        self.wanted.clear()

    def heard(self, link: Link, kind: int, thing: bytes, fields: list[Any], body: bytes, raw: bytes) -> None:
        if kind == REQUEST:
            self._serve(link, thing, fields, body)
        elif kind in (REPLY, FAILURE):
            self.answers[thing] = (kind, fields, body)
        elif kind == CANCEL:
            self.cancelled.add(thing)
        elif kind == SUBSCRIBE:
            self._picture(thing, fields)
        elif kind == UNSUBSCRIBE:
            self.wanted.pop(thing, None)
        elif kind == REPORT:
            self._hear(thing, fields, body)
        else:
            raise Fault(f"kind {kind} for a peer")

    def _serve(self, link: Link, call: bytes, fields: list[Any], body: bytes) -> None:
        to, method, _ = fields
        args, kwargs = msgpack.unpackb(body, strict_map_key=False)[:2]
        found = [offer for instance, offer in self.offered.items() if to in (instance, offer[0])]
        if not found:
            self._fail(link, call, 46, False, "ServiceUnavailable", f"there is no {to!r} here")
            return
        service, methods = found[0]
        if method not in methods:
            self._fail(link, call, 55, False, "MethodUnavailable", f"{service} has no method {method!r}")
            return
        try:
            result = methods[method](*args, **kwargs)
        except Exception as error:
            self._fail(link, call, 57, True, "RemoteError", f"{type(error).__name__}: {error}")
            return
        if result is NotImplemented:  # which a method returns that does not answer yet: `reply` does
            self.asked.append(call)
        else:
            link.send(REPLY, call, None, msgpack.packb(result))

    def _fail(self, link: Link, call: bytes, number: int, delivered: bool, *said: str) -> None:
        link.send(FAILURE, call, [number, delivered], msgpack.packb([*said, "", ""]))

    def _picture(self, subscription: bytes, fields: list[Any]) -> None:
        wish = self.wanted[subscription] = (fields[0], fields[1])
        for instance, (service, _) in self.offered.items():
            if wish[0] not in (service, instance):
                continue
            for (of, subject), (content, number) in self.kept.items():
                if of == instance and matches(wish[1], subject):
                    self._report(of, subject, subscription, True, content, number, None)
            self._report(instance, "", subscription, False, None, 0, 0)

    def _wants(self, wish: tuple[Any, str], instance: bytes, subject: str) -> bool:
        return wish[0] in (instance, self.offered[instance][0]) and matches(wish[1], subject)

    def _report(
        self, instance: bytes, subject: str, to: bytes | None, old: bool, content: Any, number: int, left: int | None
    ) -> None:
        kept = left is None and bool(subject)
        body = msgpack.packb([content, number, 1.5e9, left])
        self.link.send(REPORT, instance, [self.offered[instance][0], subject, to, old, kept], body)

    def _hear(self, instance: bytes, fields: list[Any], body: bytes) -> None:
        service, subject, to, old = fields[:4]
        content, number, posted, _ = msgpack.unpackb(body, strict_map_key=False)[:4]
        if not natural(number) or type(posted) not in (int, float):
            raise Fault(f"a report with the number {number!r}, posted {posted!r}")
        for subscription, (wanted, pattern) in self.patterns.items():
            if to is None and not (wanted == service and matches(pattern, subject)):
                continue
            if to not in (None, subscription):
                continue
            key = (subscription, instance, subject)
            if number and number <= self.newest.get(key, 0):
                continue
            self.newest[key] = number or self.newest.get(key, 0)
            self.reports[subscription].append((subject, content, old))


class Hub(Speaker):
    """A hub: lets peers in at ``port``, joins one other hub by `dial`, and forwards between all of them."""

    role = "hub"

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.ways: dict[bytes, tuple[Link, list[Any], bytes]] = {}
        self.wishes: dict[bytes, tuple[Link, list[Any], bytes]] = {}
        self.debts: dict[bytes, tuple[Link, Link]] = {}
        self.told: list[tuple[bytes, Link]] = []
        self.pictures = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._door = threading.Thread(target=self._accept, daemon=True)
        self._door.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._door.join(PATIENCE)
        super().close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            with self.changed:
                self.links.append(Link(self, sock, dialled=False))

    def received(self, link: Link, kind: int, thing: bytes, fields: list[Any], body: bytes, raw: bytes) -> None:
        if kind == HELLO:
            self._greet(link, fields)
        elif kind == READY:
            self.open(link)
        else:
            super().received(link, kind, thing, fields, body, raw)

    def _greet(self, link: Link, fields: list[Any]) -> None:
        versions, role, group, secret, _, mechanism, _, _ = fields
        identity = hashlib.sha256(secret).digest()[:16]
        if 1 not in versions:
            link.send(BYE, b"", ["version", f"version 1 is spoken here, not {versions}", self.identity])
        elif identity == self.identity or group or mechanism != "open":
            link.send(BYE, b"", ["group", "no other group or mechanism is known here", self.identity])
        else:
            link.identity, link.is_hub, link.version = identity, role == "hub", 1
            link.send(WELCOME, b"", [1, self.identity, None, {}, [], self.title])

    def open(self, link: Link) -> None:
        super().open(link)
        link.is_hub = link.is_hub or link.dialled
        if link.is_hub:
            for instance, (by, fields, _) in self.ways.items():
                if not by.is_hub:
                    link.send(ANNOUNCE, instance, [0, *fields[1:]])

    def leaving(self, link: Link) -> None:
        link.send(LEAVING, b"", ["as you say", 30])
        link.send(PING, b"", [1])

    def lost(self, link: Link) -> None:
        super().lost(link)
        for instance in [each for each, (by, _, _) in self.ways.items() if by is link]:
            self._withdraw(instance, link, "lost")
        for subscription in [each for each, (by, _, _) in self.wishes.items() if by is link]:
            self._unsubscribe(subscription)
        for call, (source, owing) in list(self.debts.items()):
            if owing is link:
                self._answer(call, [57, None], ["ServiceWithdrawn", "the way to it was lost", self.title, ""])
            elif source is link:
                owing.send(CANCEL, call)
                del self.debts[call]

    def heard(self, link: Link, kind: int, thing: bytes, fields: list[Any], body: bytes, raw: bytes) -> None:
        if kind == ANNOUNCE:
            self._announce(link, thing, fields, raw)
        elif kind == WITHDRAW:
            self._withdraw(thing, link, fields[0])
        elif kind == SUBSCRIBE:
            self._subscribe(link, thing, fields, raw)
        elif kind == UNSUBSCRIBE:
            self._unsubscribe(thing)
        elif kind == REQUEST:
            self._request(link, thing, fields, raw)
        elif kind in (REPLY, FAILURE):
            source, owing = self.debts.get(thing, (None, None))
            if source and owing is link:
                del self.debts[thing]
                source.pass_on(raw)
        elif kind == CANCEL:
            if thing in self.debts:
                self.debts.pop(thing)[1].pass_on(raw)
        elif kind == REPORT:
            self._report(link, fields, raw)

    def _announce(self, link: Link, instance: bytes, fields: list[Any], raw: bytes) -> None:
        self.ways[instance] = (link, fields, raw)
        if not link.is_hub:
            for other in self.links:
                if other.is_hub and other.is_open:
                    other.pass_on(raw)
        for subscription, (by, wish, said) in self.wishes.items():
            if wish[0] == DIRECTORY:
                self._tell(subscription, by, instance, False)
            elif wish[0] in (instance, fields[1]) and self._may(by, link):
                self._pass_wish(subscription, link, said)

    def _withdraw(self, instance: bytes, link: Link, reason: str) -> None:
        if self.ways.get(instance, (None,))[0] is not link:
            return
        del self.ways[instance]
        for other in self.links:
            if other.is_hub and other.is_open and not link.is_hub:
                other.send(WITHDRAW, instance, [reason])
        for subscription, (by, wish, _) in self.wishes.items():
            if wish[0] == DIRECTORY:
                self._say(subscription, by, SUBJECT + instance.hex(), {"reason": reason}, False, 0)

    def _subscribe(self, link: Link, subscription: bytes, fields: list[Any], raw: bytes) -> None:
        self.wishes[subscription] = (link, fields, raw)
        if fields[0] == DIRECTORY:
            self.pictures += 1
            first = self.pictures
            for instance in self.ways:
                self._tell(subscription, link, instance, True)
            self._say(subscription, link, "", first, False, 0)
            return
        for instance, (by, said, _) in self.ways.items():
            if fields[0] in (instance, said[1]) and self._may(link, by):
                self._pass_wish(subscription, by, raw)

    def _pass_wish(self, subscription: bytes, link: Link, raw: bytes) -> None:
        if (subscription, link) not in self.told:
            self.told.append((subscription, link))
            link.pass_on(raw)

    def _unsubscribe(self, subscription: bytes) -> None:
        self.wishes.pop(subscription, None)
        for told, link in [each for each in self.told if each[0] == subscription]:
            link.send(UNSUBSCRIBE, told)
            self.told.remove((told, link))

    def _request(self, link: Link, call: bytes, fields: list[Any], raw: bytes) -> None:
        for instance, (by, said, _) in self.ways.items():
            if fields[0] in (instance, said[1]) and self._may(link, by) and not by.is_leaving:
                self.debts[call] = (link, by)
                by.pass_on(raw)
                return
        self.debts[call] = (link, link)
        if fields[0] == DIRECTORY:
            self._answer(call, [55, False], ["MethodUnavailable", "the directory has no methods", self.title, ""])
        elif isinstance(fields[0], bytes) or link.is_hub:
            self._answer(call, [46, False], ["WayGone", "it is not here any more", self.title, ""])
        else:
            self._answer(call, [46, False], ["ServiceUnavailable", f"nobody offers {fields[0]!r}", self.title, ""])

    def _answer(self, call: bytes, fields: list[Any], said: list[str]) -> None:
        self.debts.pop(call)[0].send(FAILURE, call, fields, msgpack.packb(said))

    def _report(self, link: Link, fields: list[Any], raw: bytes) -> None:
        service, subject, to = fields[:3]
        receivers = []
        for subscription, (by, wish, _) in self.wishes.items():
            wants = to == subscription or (to is None and wish[0] == service and matches(wish[1], subject))
            if wants and self._may(by, link) and by not in receivers:
                receivers.append(by)
        for each in receivers:
            each.pass_on(raw)

    def _may(self, one: Link, other: Link) -> bool:
        """Whether anything may pass between two links: never back, and never from hub to hub."""
        return one is not other and not (one.is_hub and other.is_hub)

    def _tell(self, subscription: bytes, link: Link, instance: bytes, old: bool) -> None:
        _, fields, _ = self.ways[instance]
        content = dict(zip(("name", "groups", "audience", "digest", "principal"), fields[1:], strict=False))
        self._say(subscription, link, SUBJECT + instance.hex(), content, old, None)

    def _say(self, subscription: bytes, link: Link, subject: str, content: Any, old: bool, left: int | None) -> None:
        self.pictures += 1
        body = msgpack.packb([content, self.pictures, 1.5e9, left])
        link.send(REPORT, self.identity + bytes(4), [DIRECTORY, subject, subscription, old, False], body)
