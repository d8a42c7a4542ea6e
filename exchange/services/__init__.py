"""What users touch: exchanges, services, calls, watches.

::

    Exchange ---- Service, method         what others may call
       |    \\--- calls, holding, proxy    calls made here
       |     \\-- watch, picture           who is there
       |
    local port <--> switch
       |
       +-- invoker: runs methods, sends what came of them
       |       +-- marking: which methods others may call
       |       +-- export, fitting, shapes: what arguments a method takes
       |       +-- describe, description: what a service says of itself
       +-- calls: hands answers to those who wait
       +-- directory: `$exchange`, in a hub
       +-- picture: what hubs and this process know of instances
"""
