from exchange import netsvc
import signal
import random

class Publisher(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self, "SEED")
        self._count = 0
        now = netsvc.DateTime()
        self.publishReport("init", {"time": now}, -1)
        self.startTimer(self.publish, 1, "1")

    def publish(self, name):
        self._count = self._count + 1
        now = netsvc.DateTime()
        value = int(random.random()*1000)
        self.publishReport("next", {"time": now, "count": self._count, "value": value})
        self.startTimer(self.publish, 1, "1")

dispatcher = netsvc.Dispatcher()
dispatcher.monitor(signal.SIGINT)

exchange = netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
exchange.connect("localhost", 11111, 5)

publisher = Publisher()

dispatcher.run()
