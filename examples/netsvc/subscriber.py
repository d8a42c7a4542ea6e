from exchange import netsvc
import signal

class Subscriber(netsvc.Service):
    def __init__(self):
        netsvc.Service.__init__(self, "")
        self.monitorReports(self.seed, "SEED", "next")

    def seed(self, service, subjectName, content):
        print(service, subjectName, content["count"], content["value"], content["time"])

dispatcher = netsvc.Dispatcher()
dispatcher.monitor(signal.SIGINT)

exchange = netsvc.Exchange(netsvc.EXCHANGE_CLIENT)
exchange.connect("localhost", 11111, 5)

subscriber = Subscriber()

dispatcher.run()
