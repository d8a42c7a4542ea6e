"""The gateways: HTTP faces to services, as resources for any site of `twisted.web`.

* ``site``           listens, and keeps what comes in within bounds; uses ``connection``
* ``connection``     one HTTP connection: a body that is too large or too slow is cut off
* ``refusals``       what is refused before a body is looked at, with the HTTP status
* ``selection``      which services are shown, and which instance takes a call
* ``xmlrpc``         XML-RPC: a request becomes a call
* ``xmlrpc_reader``  the body of a request to a method and its arguments
* ``xmlrpc_writer``  a result or a fault to the body of an answer
* ``faults``         errors to faults

::

    site -> connection -> xmlrpc -> refusals, selection
                             |----> xmlrpc_reader, Exchange.call, xmlrpc_writer, faults
"""
