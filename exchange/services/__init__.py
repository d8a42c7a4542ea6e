"""What users touch: exchanges, services, calls, reports, watches.

::

    Exchange ---- Service, method, timers   what others may call; what it does later
       |    \\---- calling: calls, holding, repeating, proxy, sticky, together
       |     \\--- reporting: publisher, subscriber
       |      \\-- watch, picture            who is there
       |
    local port <--> switch
       |
       +-- invoker: runs methods, sends what came of them
       |       +-- marking: which methods others may call
       |       +-- export, fitting, rebuilding, shapes: what arguments a method takes
       |       +-- throttle, current: how many at once; what a method may know
       |       +-- describe, description: what a service says of itself
       +-- calls: hands answers to those who wait
       +-- publisher, retained: who subscribed to services here, and what is kept for them
       +-- subscriber, hearers, subscription: reports to the callbacks that want them
       +-- directory: `$exchange`, in a hub
       +-- picture: what hubs and this process know of instances

* bridge: two exchanges of different groups, joined as the audience of each service allows
* offers: what was added is announced when it is prepared, and withdrawn
* presence, report, link_change: what watches and callbacks are shown
* annotations, record: type hints, read into shapes
* cron: the lines of a crontab, for timers
"""
