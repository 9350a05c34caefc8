"""The official client for Python with its default options: the reliable JSON protocol, in asyncio. See run.js."""

import asyncio
import os
import time

from azure.messaging.webpubsubclient.aio import WebPubSubClient, WebPubSubClientCredential
from azure.messaging.webpubsubclient.models import CallbackType, OpenClientError, WebPubSubDataType
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient

from common import HUB, MESSAGES, PATIENCE, RECEIVERS, ROLES, through_flaky

service = WebPubSubServiceClient.from_connection_string(os.environ["CONNECTION_STRING"], hub=HUB)


async def until(holds, what):
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit, f"waited in vain: {what()}"
        await asyncio.sleep(0.01)


async def connected(flaky):
    """A client, the ids of its connections, and its messages."""
    url = (await service.get_client_access_token(user_id="py", roles=ROLES))["url"]
    if flaky:
        url = through_flaky(url)
    client, ids, messages = WebPubSubClient(WebPubSubClientCredential(url)), [], []

    async def on_connected(event):
        ids.append(event.connection_id)

    async def on_message(message):
        messages.append((message.sequence_id, message.data))

    await client.subscribe(CallbackType.CONNECTED, on_connected)
    await client.subscribe(CallbackType.GROUP_MESSAGE, on_message)
    try:
        await client.open()
    except OpenClientError:
        # The network may cut the connection before the client is connected for the first time.
        if not flaky:
            raise
        return await connected(flaky)
    await until(lambda: ids, lambda: "no connected callback")
    return client, ids, messages


async def main():
    client, _, messages = await connected(flaky=False)
    await client.join_group("room")
    await client.send_to_group("room", "hi", WebPubSubDataType.TEXT)
    await until(lambda: messages == [(1, "hi")], lambda: messages)
    await client.close()

    strangers = [await connected(flaky=True) for _ in range(RECEIVERS)]
    for client, _, _ in strangers:
        await client.join_group("broadcast")
    before = [list(ids) for _, ids, _ in strangers]
    for n in range(MESSAGES):
        await service.send_to_group("broadcast", {"n": n})
        await asyncio.sleep(0.005)
    for (_, ids, messages), known in zip(strangers, before):
        await until(lambda: len(messages) >= MESSAGES, lambda: f"{len(messages)} of {MESSAGES}")
        assert [data["n"] for _, data in sorted(messages, key=lambda m: m[0])] == list(range(MESSAGES))
        assert ids == known, "it did not recover, but connected anew"


asyncio.run(asyncio.wait_for(main(), 2 * PATIENCE))
print("2 checks", flush=True)
os._exit(0)
