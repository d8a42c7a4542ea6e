"""The face of netsvc: the names and the style that old programs expect, over the public classes of `exchange`.

::

    from exchange import netsvc

    dispatcher = netsvc.Dispatcher()
    exchange = netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
    exchange.connect("localhost", 11111, 5)
    dispatcher.run()

* ``process``        what all objects of one process share; everything below finds it by itself
* ``loop``           the reactor as they see it; uses ``jobs`` and ``signals``
* ``dispatcher``     `Dispatcher` and `Job`, to run the loop from outside
* ``agent``          `Agent`: ``timers``, ``actions``, ``sockets`` and signals, with errors ``guarded``
* ``shutdown``       the end of the program in good order, of which agents are told
* ``monitor``        `Monitor`, an agent that watches services come and go; ``sightings`` is what there is to tell
* ``registry``       `Registry`, and the look-ups that a monitor has too
* ``service``        `Service`; uses ``offer`` for its methods, ``conversations`` for its calls
* ``answering``      what it does for those who call: ``suspended`` has the requests that are answered later
* ``reporting``      what it does with reports: ``subscriptions`` are its own, one ``hearing`` for each
* ``notices``        what it is told of reports and of subscriptions; ``subjects`` fit patterns
* ``endpoint``       whom a service calls; ``binding`` is one service as this process knows it
* ``request``        a call of a method, until it is answered
* ``records``        what a method or a callback may ask about
* ``arity``          what a callback is told, by how many arguments it takes
* ``values``         dates, times and the like; ``coding`` is of types of the user's own
* ``failures``       failures in netsvc's form; ``codes`` has their numbers
* ``local_service``  `LocalService`: calls that are done before they return
* ``exchange``       `Exchange`: joins the process with others, by ``connections``
* ``httpd``          `HttpDaemon`, at whose paths gateways are attached
* ``selection``      which services a gateway shows
* ``gateway``        what all gateways have in common; ``login`` is of those who call
* ``universal``      `RpcGateway`, which speaks several protocols at one place
* ``xmlrpc``, ``json``, ``soap``  those that speak one, each imported by its own name
* ``listening``      a port that cannot be had
* ``logger``         `Logger`, by which programs write to the log
* ``log``            a log for programs that have chosen none
"""

from __future__ import annotations

from exchange.netsvc.actions import CALLBACK_PERSISTENT as CALLBACK_PERSISTENT
from exchange.netsvc.actions import CALLBACK_TRANSIENT as CALLBACK_TRANSIENT
from exchange.netsvc.agent import Agent as Agent
from exchange.netsvc.binding import SERVICE_LOCAL as SERVICE_LOCAL
from exchange.netsvc.binding import SERVICE_REMOTE as SERVICE_REMOTE
from exchange.netsvc.codes import *  # noqa: F403
from exchange.netsvc.coding import decoder as decoder
from exchange.netsvc.coding import encoder as encoder
from exchange.netsvc.connections import CONNECTION_ACTIVE as CONNECTION_ACTIVE
from exchange.netsvc.connections import CONNECTION_INACTIVE as CONNECTION_INACTIVE
from exchange.netsvc.dispatcher import Dispatcher as Dispatcher
from exchange.netsvc.dispatcher import Job as Job
from exchange.netsvc.exchange import EXCHANGE_CLIENT as EXCHANGE_CLIENT
from exchange.netsvc.exchange import EXCHANGE_SERVER as EXCHANGE_SERVER
from exchange.netsvc.exchange import Exchange as Exchange
from exchange.netsvc.failures import ServiceFailure as ServiceFailure
from exchange.netsvc.failures import ServiceUnavailable as ServiceUnavailable
from exchange.netsvc.httpd import HttpDaemon as HttpDaemon
from exchange.netsvc.jobs import IDLE_JOB as IDLE_JOB
from exchange.netsvc.jobs import PRIORITY_JOB as PRIORITY_JOB
from exchange.netsvc.jobs import STANDARD_JOB as STANDARD_JOB
from exchange.netsvc.local_service import LocalService as LocalService
from exchange.netsvc.logger import LOG_ALERT as LOG_ALERT
from exchange.netsvc.logger import LOG_CRITICAL as LOG_CRITICAL
from exchange.netsvc.logger import LOG_DEBUG as LOG_DEBUG
from exchange.netsvc.logger import LOG_EMERGENCY as LOG_EMERGENCY
from exchange.netsvc.logger import LOG_ERROR as LOG_ERROR
from exchange.netsvc.logger import LOG_INFO as LOG_INFO
from exchange.netsvc.logger import LOG_NOTICE as LOG_NOTICE
from exchange.netsvc.logger import LOG_WARNING as LOG_WARNING
from exchange.netsvc.logger import Logger as Logger
from exchange.netsvc.monitor import Monitor as Monitor
from exchange.netsvc.notices import SUBSCRIPTION_REQUESTED as SUBSCRIPTION_REQUESTED
from exchange.netsvc.notices import SUBSCRIPTION_WITHDRAWN as SUBSCRIPTION_WITHDRAWN
from exchange.netsvc.registry import Registry as Registry
from exchange.netsvc.request import DelayedResponse as DelayedResponse
from exchange.netsvc.selection import SERVICE_ADDRESS as SERVICE_ADDRESS
from exchange.netsvc.selection import SERVICE_GROUP as SERVICE_GROUP
from exchange.netsvc.selection import SERVICE_NAME as SERVICE_NAME
from exchange.netsvc.selection import SERVICE_REGISTRY as SERVICE_REGISTRY
from exchange.netsvc.service import SERVICE_HIDDEN as SERVICE_HIDDEN
from exchange.netsvc.service import SERVICE_VISIBLE as SERVICE_VISIBLE
from exchange.netsvc.service import Service as Service
from exchange.netsvc.shutdown import SHUTDOWN_ARRIVED as SHUTDOWN_ARRIVED
from exchange.netsvc.shutdown import SHUTDOWN_PENDING as SHUTDOWN_PENDING
from exchange.netsvc.sightings import SERVICE_AVAILABLE as SERVICE_AVAILABLE
from exchange.netsvc.sightings import SERVICE_WITHDRAWN as SERVICE_WITHDRAWN
from exchange.netsvc.sockets import SOCKET_POLLERR as SOCKET_POLLERR
from exchange.netsvc.sockets import SOCKET_POLLHUP as SOCKET_POLLHUP
from exchange.netsvc.sockets import SOCKET_POLLIN as SOCKET_POLLIN
from exchange.netsvc.sockets import SOCKET_POLLNVAL as SOCKET_POLLNVAL
from exchange.netsvc.sockets import SOCKET_POLLOUT as SOCKET_POLLOUT
from exchange.netsvc.sockets import SOCKET_POLLPRI as SOCKET_POLLPRI
from exchange.netsvc.universal import RpcGateway as RpcGateway
from exchange.netsvc.values import Binary as Binary
from exchange.netsvc.values import Date as Date
from exchange.netsvc.values import DateTime as DateTime
from exchange.netsvc.values import Duration as Duration
from exchange.netsvc.values import Opaque as Opaque
from exchange.netsvc.values import Time as Time
