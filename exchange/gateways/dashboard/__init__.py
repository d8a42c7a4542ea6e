"""The page of a hub: what it is linked with and what passes through it, for people, in their browser.

* ``door``     who may come in: by which host name, who they are, whether they may administer the hub
* ``hosts``    the host names that are believed
* ``page``     the files of the page; what the browser makes of them lies in ``static``
* ``api``      what the page asks in JSON; uses ``questions`` and ``told``
* ``questions``  what is done for it: describe, call, kick, what is kept of reports; uses ``form`` and ``kept``
* ``form``     a description as the page needs it to make a form
* ``kept``     the retained reports of services, by a short subscription
* ``told``     values as JSON, or else as Python writes them
* ``figures``  what the hubs of the mesh tell of themselves
* ``poll``     asks for that once a second, for all who look, and not at all if nobody does
* ``viewers``  those who look: each has a stream of server-sent events

::

    door -> hosts, Guard, permits
    page -> door
    api -> door, questions -> form, kept, told
       |---> poll -> figures;  viewers
"""
