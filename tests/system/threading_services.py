"""A program of the system tests: calls of a method that runs in the thread pool of the real reactor."""

from __future__ import annotations

import threading
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from exchange import Exchange, Service, current_call, method


class Threaded(Service):
    """Blocks in threads, two at a time."""

    name = "threaded"

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.inside: list[int] = []
        self.intercepted: list[bool] = []

    def intercept(self, name: str, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        self.intercepted.append(threading.current_thread() is threading.main_thread())
        return function(*args, **kwargs)

    @method(thread=True, limit=2)
    def block(self, number: int) -> Any:
        self.inside.append(number)
        self.gate.acquire()
        return [number, threading.current_thread() is threading.main_thread(), current_call().method]

    @method(thread=True)
    def fail(self) -> None:
        raise ValueError("in a thread")


def tell_cancelled(failure: Failure) -> None:
    print("cancelled", type(failure.value).__name__)


async def until(reactor: Any, condition: Any) -> None:
    while not condition():
        await task.deferLater(reactor, 0.01)


async def main(reactor: Any) -> None:
    exchange, threaded = Exchange(reactor), Threaded()
    exchange.startService()
    exchange.add(threaded)
    answers = [exchange.call("threaded", "block", number) for number in range(3)]
    await until(reactor, lambda: len(threaded.inside) == 2)
    print("two are inside, of", len(answers))
    answers[0].addErrback(tell_cancelled)
    answers[0].cancel()
    print("inside after the cancel:", len(threaded.inside))
    threaded.gate.release()
    threaded.gate.release()
    await until(reactor, lambda: len(threaded.inside) == 3)
    threaded.gate.release()
    for answer in answers[1:]:
        print(await answer)
    try:
        await exchange.call("threaded", "fail")
    except Exception as error:
        print(type(error).__name__, error)
    print("intercepted in the main thread:", threaded.intercepted)
    await exchange.stopService()


if __name__ == "__main__":
    task.react(lambda reactor: Deferred.fromCoroutine(main(reactor)))
