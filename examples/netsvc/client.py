from exchange import netsvc
import signal
import random

class Client(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self, "")
        self.startTimer(self.call, 1, "1")

    def call(self,name):
        service = self.serviceEndPoint("math")
        if service != None:
            x = int(random.random()*1000)
            id = service.multiply(x, x)
            self.monitorResponse(self.result, id)
        self.startTimer(self.call, 1, "1")

    def result(self,square):
        print(square)

dispatcher = netsvc.Dispatcher()
dispatcher.monitor(signal.SIGINT)

exchange = netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
exchange.connect("localhost", 11111, 5)

client = Client()

dispatcher.run()
