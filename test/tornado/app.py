"""Tornado's secure-cookie example, on a free port of the loopback interface.

COOKIE_SECRET   the secret, or
COOKIE_SECRETS  secrets by key version, as a JSON object, with KEY_VERSION
COOKIE_VERSION  the format to write, 2 where left out
"""

import asyncio
import json
import os
import signal
import time

import tornado.httpserver
import tornado.netutil
import tornado.web


class MainHandler(tornado.web.RequestHandler):
    def get(self):
        self.write("Hello there")


class UserHandler(tornado.web.RequestHandler):
    def get(self):
        if not self.get_secure_cookie("technobeans"):
            version = int(os.environ.get("COOKIE_VERSION", "2"))
            self.set_secure_cookie("technobeans", str(time.time()), version=version)
            self.write("Secure Cookie is now set")
        else:
            self.write("Secure Cookie is technobeans")


def settings():
    secrets = os.environ.get("COOKIE_SECRETS")
    if secrets is None:
        return {"cookie_secret": os.environ["COOKIE_SECRET"]}
    return {
        "cookie_secret": {int(key): secret for key, secret in json.loads(secrets).items()},
        "key_version": int(os.environ["KEY_VERSION"]),
    }


async def main():
    app = tornado.web.Application([(r"/", MainHandler), (r"/user/", UserHandler)], **settings())
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    server = tornado.httpserver.HTTPServer(app)
    server.add_sockets(sockets)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("Listening on http://127.0.0.1:%d" % sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.stop()


asyncio.run(main())
