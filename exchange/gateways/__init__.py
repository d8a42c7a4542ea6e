"""The gateways: HTTP faces to services, as resources for any site of `twisted.web`.

* ``site``           listens, and keeps what comes in within bounds; uses ``connection``
* ``connection``     one HTTP connection: a body that is too large or too slow is cut off
* ``crowd``          how many connections there are, in all and of each address
* ``whole``          a request that came in one piece, taken in few steps; ``outlet``, the same for its answer
* ``deadline``       a time that is set anew again and again, and seldom passes
* ``refusals``       what is refused before a body is looked at, with the HTTP status
* ``selection``      which services are shown, and which instance takes a call
* ``terms``          on what terms services are shown, whatever the protocol
* ``gate``           who asks, and from which page, before anything else is looked at
* ``logins``         who asks, as checkers say; uses ``authorization``, ``checkers``, ``checks`` and `exchange.strikes`
* ``passwords``, ``tokens``  checkers by a file of `exchange.lines`; what was right is ``remembered``
* ``face``           what all protocols have in common: a service, or a refusal
* ``origins``        pages of other sites, of which only some may call
* ``visit``          one request to a service, and the calls that are made for it
* ``redaction``      what those who call are not told of a failure
* ``descriptions``   what services offer, remembered
* ``caller``         whoever waits for an answer, and may hang up
* ``xmlrpc``         XML-RPC: a request becomes a call
* ``xmlrpc_reader``  the body of a request to a method and its arguments
* ``xmlrpc_usual``   the same, at once, if there is nothing unusual about it
* ``xmlrpc_writer``  a result or a fault to the body of an answer
* ``xmlrpc_system``  what every service can be asked: its methods, and several calls at once
* ``xmlrpc_signatures``  a description to signatures in XML-RPC's names of types
* ``faults``         errors to faults
* ``jsonrpc``        JSON-RPC: a request becomes a call, a batch several, as ``jsonrpc_calls`` makes them
* ``jsonrpc_reader``   the body of a request to plain data
* ``jsonrpc_request``  a part of that to a method and its arguments
* ``jsonrpc_writer``   a result to JSON
* ``jsonrpc_errors``   errors to error objects
* ``json_arguments``   arguments as a method is annotated; uses ``json_types``, ``json_turns`` and ``json_texts``
* ``openrpc``        a description to a document for programs; uses ``json_schema``
* ``soap``           SOAP: its face; all needs lxml whose name begins so, and ``wsdl``
* ``soap_operations``  a request becomes a call, or shows the WSDL
* ``soap_version``     what 1.1 and 1.2 call things
* ``soap_document``    the body of a request to an XML document, safely
* ``soap_envelope``    that to the element that it holds, and an element to an envelope
* ``soap_faults``      errors to faults
* ``soap_names``       names and namespaces for XML
* ``soap_types``       the types of a description, ``soap_scalars`` those without parts
* ``soap_reader``      an element to a method and its arguments; uses ``soap_values`` and ``soap_prefixes``
* ``soap_writer``      a result to an element
* ``wsdl``             a description to a WSDL; uses ``soap_schema``
* ``live``           live reports: a request becomes a stream of server-sent events
* ``live_wish``      what a request for them asks for
* ``live_listeners``   those who listen, how many may, and who may come back
* ``live_hearing``   what one of them hears: subscriptions to all instances that are shown
* ``live_backlog``   what waits to be written, bounded
* ``live_stream``    writes it as fast as it is read
* ``live_text``      a report as an entry of the stream
* ``dashboard``      the page of a hub, for people; a package of its own
* ``files``          the files of a folder, for pages that go with a gateway
* ``type_text``      the text of a type in a description, taken apart
* ``inexpressible``  a value for which a protocol has no words

::

    site -> connection -> face -> origins, logins, selection, refusals, visit -> redaction
                            |---> xmlrpc: xmlrpc_reader, Visit.call, xmlrpc_writer, faults, caller
                            |---> jsonrpc: jsonrpc_calls: its own four, json_arguments, Visit.call, openrpc, caller
                            |---> soap: soap_operations -> descriptions, its own, Visit.call, wsdl, caller
                            |---> live: live_wish, live_listeners -> live_hearing, live_stream
"""
