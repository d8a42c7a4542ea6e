from exchange import netsvc
import signal

class Service(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self, "math")
        self.joinGroup("web-services")
        self.exportMethod(self.multiply)

    def multiply(self, x, y):
        return x*y

dispatcher = netsvc.Dispatcher()
dispatcher.monitor(signal.SIGINT)

exchange = netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
exchange.connect("localhost",11111,5)

service = Service()

dispatcher.run()
