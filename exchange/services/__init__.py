"""What users touch: exchanges, services, calls, watches.

::

    Exchange ---- Service, method         what others may call
       |    \\--- calls, holding, proxy    calls made here
       |     \\-- watch, picture           who is there
       |
    local port <--> switch
       |
       +-- invoker: runs methods, sends what came of them
       |       +-- export, fitting, shapes: what arguments a method takes
       |       +-- describe, description: what a service says of itself
       +-- calls: hands answers to those who wait
       +-- publisher, retained: reports sent, and those that are kept
       +-- subscriber: subscriptions made here
       |       +-- hearers, subscription: who hears a report, and what each heard before
       +-- directory: `$exchange`, in a hub
       +-- picture: what hubs and this process know of instances
"""
