from exchange import netsvc
import exchange.netsvc.xmlrpc
import dbm.dumb
import signal
import sys

class Database(netsvc.Service):
    def __init__(self, name, path):
        netsvc.Service.__init__(self, name)
        self._database = dbm.dumb.open(path, "c")
        self.joinGroup("web-services")
        self.exportMethod(self.get)
        self.exportMethod(self.put)
        self.exportMethod(self.keys)

    def get(self, key):
        return self._database[key].decode()

    def put(self, key, value):
        self._database[key] = value
        self._database.sync()
        return 0

    def keys(self):
        return [key.decode() for key in self._database.keys()]

dispatcher = netsvc.Dispatcher()
dispatcher.monitor(signal.SIGINT)

database = Database("test", sys.argv[1])

httpd = netsvc.HttpDaemon(8000)
httpd.attach("/xmlrpc/database", netsvc.xmlrpc.RpcGateway("web-services"))
httpd.start()

dispatcher.run()
