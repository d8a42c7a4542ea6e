"""What callers from other worlds share: threads and scripts, and programs on asyncio.

::

    exchange.blocking             exchange.aio
        |                              |
     crossing                        tasks
        |                              |
        +--- inbox (reports, changes) -+
        +--- reaching, knowing, waits -+
        +--- proxy --------------------+
        +--- reactors -----------------+

* caller: what both have alike: calls, proxies, subscriptions, watches
* crossing: work goes to the reactor's thread, and what came of it comes back
* landing: what a Deferred fires with lands in the task that awaits it
* thread_feeds, loop_feeds: subscriptions and watches that are read one by one
* tasks: coroutines that may await what asyncio gives, and Deferreds too
* inbox: what was told waits here until it is read, by threads or by tasks
* reports, changes: how much is kept of it when nobody reads
* reaching: the first link to a hub, or the reason why there is none
* knowing: who is there, told once the picture is whole
* waits: a Deferred that many wait for, each for as long as it likes
* proxy: the methods of a service, in each world's own way
* reactors: which reactor this process has, and its start
"""
