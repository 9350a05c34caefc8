"""The official client for Python with its default options: the reliable JSON protocol, in threads. See run.js."""

import os
import threading
import time

from azure.messaging.webpubsubclient import WebPubSubClient, WebPubSubClientCredential
from azure.messaging.webpubsubclient.models import CallbackType, OpenClientError, SendMessageError, WebPubSubDataType
from azure.messaging.webpubsubservice import WebPubSubServiceClient

from common import HUB, MESSAGES, PATIENCE, RECEIVERS, ROLES, through_flaky

service = WebPubSubServiceClient.from_connection_string(os.environ["CONNECTION_STRING"], hub=HUB)


class Stranger:
    """A client, and what it has heard."""

    def __init__(self, flaky=False, roles=ROLES, **options):
        url = service.get_client_access_token(user_id="py", roles=roles)["url"]
        if flaky:
            url = through_flaky(url)
        self.lock = threading.Lock()
        self.ids, self.disconnected, self.messages = [], 0, []
        self.client = WebPubSubClient(WebPubSubClientCredential(url), **options)
        self.client.subscribe(CallbackType.CONNECTED, self.on_connected)
        self.client.subscribe(CallbackType.DISCONNECTED, self.on_disconnected)
        self.client.subscribe(CallbackType.GROUP_MESSAGE, self.on_message)
        self.client.subscribe(CallbackType.SERVER_MESSAGE, self.on_message)
        self.client.open()
        until(lambda: self.ids, lambda: "no connected callback")

    def on_connected(self, event):
        with self.lock:
            self.ids.append(event.connection_id)

    def on_disconnected(self, _):
        with self.lock:
            self.disconnected += 1

    def on_message(self, message):
        with self.lock:
            self.messages.append((message.sequence_id, message.data))

    def data(self):
        """What came, in the order of the sequence ids: each callback has a thread of its own."""
        with self.lock:
            return [data for _, data in sorted(self.messages, key=lambda message: message[0])]


def flaky_stranger():
    """The network may cut the connection before the client is connected for the first time."""
    while True:
        try:
            return Stranger(flaky=True)
        except OpenClientError:
            pass


def until(holds, what):
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit, f"waited in vain: {what()}"
        time.sleep(0.01)


def groups_and_acknowledgements():
    stranger = Stranger()
    client = stranger.client
    client.join_group("room")
    client.send_to_group("room", "hi", WebPubSubDataType.TEXT)
    client.send_to_group("room", {"a": [1, None]}, WebPubSubDataType.JSON)
    client.send_to_group("room", memoryview(b"\x00\xff"), WebPubSubDataType.BINARY)
    client.send_to_group("room", "not to me", WebPubSubDataType.TEXT, no_echo=True)
    client.leave_group("room")
    client.send_to_group("room", "left", WebPubSubDataType.TEXT)
    service.send_to_user("py", "last", content_type="text/plain")
    until(lambda: len(stranger.messages) == 4, lambda: stranger.messages)
    assert stranger.data() == ["hi", {"a": [1, None]}, b"\x00\xff", "last"], stranger.messages
    client.close()

    guest = Stranger(roles=[], message_retry_total=0)
    for refused, name in [
        (lambda: guest.client.join_group("room"), "Forbidden"),
        (lambda: guest.client.send_event("e", "x", WebPubSubDataType.TEXT), "InternalServerError"),
    ]:
        try:
            refused()
            raise AssertionError(f"{name} expected")
        except SendMessageError as error:
            assert error.error_detail.name == name, error
    guest.client.close()


def a_broadcast_over_connections_that_are_cut():
    strangers = [flaky_stranger() for _ in range(RECEIVERS)]
    for stranger in strangers:
        stranger.client.join_group("broadcast")
    before = [(list(stranger.ids), stranger.disconnected) for stranger in strangers]
    for n in range(MESSAGES):
        service.send_to_group("broadcast", {"n": n})
        time.sleep(0.005)
    for stranger, known in zip(strangers, before):
        until(lambda: len(stranger.messages) >= MESSAGES, lambda: f"{len(stranger.messages)} of {MESSAGES}")
        assert [data["n"] for data in stranger.data()] == list(range(MESSAGES))
        assert (stranger.ids, stranger.disconnected) == known, "it did not recover, but connected anew"


CHECKS = [groups_and_acknowledgements, a_broadcast_over_connections_that_are_cut]
for check in CHECKS:
    check()
print(f"{len(CHECKS)} checks", flush=True)
# The client's threads may be in the middle of a recovery.
os._exit(0)
