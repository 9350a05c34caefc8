"""Every operation of the official service client for Python, `azure-messaging-webpubsubservice`: `sync` or `aio`, in the
version that is installed. See run.js."""

import asyncio
import inspect
import io
import json
import os
import sys
import time
from importlib.metadata import version
from urllib.parse import quote

import aiohttp
import jwt
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.rest import HttpRequest

from common import HUB, PATIENCE

IS_AIO = sys.argv[1] == "aio"
if IS_AIO:
    from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient
else:
    from azure.messaging.webpubsubservice import WebPubSubServiceClient

CONNECTION_STRING = os.environ["CONNECTION_STRING"]
PARTS = dict(part.split("=", 1) for part in CONNECTION_STRING.rstrip(";").split(";"))
VERSION = version("azure-messaging-webpubsubservice")
# Filters, groups in tokens and two operations came after 1.0.1.
IS_OLD = VERSION == "1.0.1"
# Characters that clients, proxies and yarl, which aiohttp builds URLs with, escape in different ways.
ADA, BOB = "ada.l+test@contoso.com", "o'brien@contoso.com"
ONLY_BOB = "userId eq 'o''brien@contoso.com'"
GROUP = "news & views: it's 100% (1-2) #é"
IN_GROUP = "'news & views: it''s 100% (1-2) #é' in groups"
NOT_OPERATIONS = {"close", "from_connection_string"}


class Service:
    """The client under test, which remembers what it was asked for. Sync calls run in threads, so that the sockets are
    read meanwhile."""

    def __init__(self, client):
        self.client = client
        self.called = set()

    def __getattr__(self, name):
        self.called.add(name)
        method = getattr(self.client, name)

        async def call(*args, **kwargs):
            if inspect.iscoroutinefunction(method):
                return await method(*args, **kwargs)
            result = await asyncio.to_thread(method, *args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return call

    async def connections(self, **kwargs):
        """The ids of the connections of a group and their users, over all pages."""
        self.called.add("list_connections")
        pages = self.client.list_connections(**kwargs)
        if hasattr(pages, "__aiter__"):
            members = [member async for member in pages]
        else:
            members = await asyncio.to_thread(list, pages)
        return {member.connection_id: member.user_id for member in members}

    async def close(self):
        closed = self.client.close()
        if inspect.isawaitable(closed):
            await closed

    def finish(self):
        """Fails when the client has an operation that was not called."""
        operations = {name for name in dir(self.client) if not name.startswith("_")}
        operations = {name for name in operations if callable(getattr(self.client, name))} - NOT_OPERATIONS
        assert operations == self.called, operations ^ self.called


class Client:
    """A WebSocket client that speaks the JSON of the service."""

    @classmethod
    async def open(cls, session, service, user, **options):
        token = await service.get_client_access_token(user_id=user, **options)
        self = cls()
        self.socket = await session.ws_connect(token["url"], protocols=["json.webpubsub.azure.v1"])
        connected = await self.frame()
        assert (connected["event"], connected["userId"]) == ("connected", user), connected
        self.id, self.asked = connected["connectionId"], 0
        return self

    async def frame(self):
        return json.loads((await self.socket.receive(timeout=PATIENCE)).data)

    async def ask(self, frame):
        self.asked += 1
        await self.socket.send_json({**frame, "ackId": self.asked})
        ack = await self.frame()
        assert (ack["type"], ack["ackId"]) == ("ack", self.asked), ack
        return ack["success"]

    async def gets(self, data_type, data, group=None):
        """The next message is this one: nothing else came before it."""
        frame = await self.frame()
        got = frame["type"], frame["dataType"], frame["data"], frame.get("group")
        assert got == ("message", data_type, data, group), frame

    async def is_closed(self, reason):
        assert (await self.frame())["message"] == reason
        message = await self.socket.receive(timeout=PATIENCE)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1000), message


async def fails(error, status, call):
    try:
        await call
    except error as raised:
        assert raised.status_code == status, raised
    else:
        raise AssertionError(f"no {error.__name__}")


async def until(holds, what):
    limit = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < limit, f"waited in vain: {what}"
        await asyncio.sleep(0.01)


async def messages(service, ada, bob):
    # Of text, azure-core declares the length in characters, and aiohttp sends no more bytes than that.
    text = io.BytesIO("text é".encode()) if IS_AIO else "text é"
    await service.send_to_all({"to": ["all", 1, None, "é"]})
    await service.send_to_all(text, content_type="text/plain")
    await service.send_to_all(io.BytesIO(b"\x00\xff"), content_type="application/octet-stream")
    await service.send_to_all("not ada", excluded=[ada.id], content_type="text/plain")
    for client in (ada, bob):
        await client.gets("json", {"to": ["all", 1, None, "é"]})
        await client.gets("text", "text é")
        await client.gets("binary", "AP8=")
    await bob.gets("text", "not ada")
    await service.send_to_user(ADA, {"to": ADA})
    await ada.gets("json", {"to": ADA})
    await service.send_to_user(BOB, "to bob", content_type="text/plain")
    await bob.gets("text", "to bob")
    await service.send_to_connection(ada.id, "to the connection", content_type="text/plain")
    await ada.gets("text", "to the connection")


async def filters(service, ada, bob):
    # The client of 1.0.1 has no option for filters, but sends any request.
    path = f"/api/hubs/{HUB}/:send?api-version=2022-11-01&filter={quote(ONLY_BOB)}"
    request = HttpRequest("POST", path, content="by request", headers={"Content-Type": "text/plain"})
    assert (await service.send_request(request)).status_code == 202
    await bob.gets("text", "by request")
    if IS_OLD:
        return
    await service.add_connection_to_group(GROUP, ada.id)
    await service.send_to_all({"only": "bob"}, filter=ONLY_BOB)
    await service.send_to_all({"only": "ada"}, filter=f"userId eq '{ADA}' and {IN_GROUP}")
    await service.send_to_all({"only": "members"}, filter=IN_GROUP)
    await service.send_to_user(BOB, {"not": "this"}, filter="userId ne 'o''brien@contoso.com'")
    await service.send_to_user(BOB, {"this": "one"}, filter=f"{ONLY_BOB} and not ({IN_GROUP})")
    await service.send_to_group(GROUP, {"not": "this"}, filter=ONLY_BOB)
    await ada.gets("json", {"only": "ada"})
    await ada.gets("json", {"only": "members"})
    await bob.gets("json", {"only": "bob"})
    await bob.gets("json", {"this": "one"})
    await service.remove_connection_from_all_groups(ada.id)
    assert await service.group_exists(GROUP) is False
    await fails(HttpResponseError, 400, service.send_to_all({}, filter="userId eq 'o'brien'"))


async def groups(service, ada, bob):
    assert await service.group_exists(GROUP) is False
    await service.add_connection_to_group(GROUP, ada.id)
    await service.add_user_to_group(GROUP, BOB)
    await service.add_user_to_group("other", ADA)
    assert await service.group_exists(GROUP) is True
    await service.send_to_group(GROUP, {"to": "both"})
    await service.send_to_group(GROUP, {"to": "bob"}, excluded=[ada.id])
    await ada.gets("json", {"to": "both"}, GROUP)
    await bob.gets("json", {"to": "both"}, GROUP)
    await bob.gets("json", {"to": "bob"}, GROUP)
    if not IS_OLD:
        both = {ada.id: ADA, bob.id: BOB}
        assert await service.connections(group=GROUP) == both
        assert await service.connections(group=GROUP, maxpagesize=1) == both
        assert len(await service.connections(group=GROUP, top=1)) == 1
        assert await service.connections(group="nobody") == {}
    await service.remove_connection_from_group(GROUP, ada.id)
    await service.send_to_group(GROUP, "bob is left", content_type="text/plain")
    await bob.gets("text", "bob is left", GROUP)
    await service.remove_user_from_group(GROUP, BOB)
    assert await service.group_exists(GROUP) is False
    await service.remove_user_from_all_groups(ADA)
    assert await service.group_exists("other") is False
    await fails(ResourceNotFoundError, 404, service.add_connection_to_group(GROUP, "nobody"))
    await fails(ResourceNotFoundError, 404, service.add_user_to_group(GROUP, "nobody@contoso.com"))
    # Nothing came that should not have come.
    for client in (ada, bob):
        await service.send_to_connection(client.id, "the end", content_type="text/plain")
        await client.gets("text", "the end")


async def permissions(service, ada):
    for permission, frame in [
        ("joinLeaveGroup", {"type": "joinGroup", "group": GROUP}),
        ("sendToGroup", {"type": "sendToGroup", "group": GROUP, "noEcho": True, "dataType": "text", "data": ""}),
    ]:

        async def is_allowed():
            has = await service.has_permission(permission, ada.id, target_name=GROUP)
            assert await ada.ask(frame) is has, permission
            return has

        assert await is_allowed() is False
        await service.grant_permission(permission, ada.id, target_name=GROUP)
        assert await is_allowed() is True
        await service.revoke_permission(permission, ada.id, target_name=GROUP)
        assert await is_allowed() is False
    unknown = service.grant_permission("sendToGroup", "nobody", target_name=GROUP)
    await fails(ResourceNotFoundError, 404, unknown)
    await service.remove_user_from_all_groups(ADA)


async def ends(service, session, ada, bob):
    for user in (ADA, BOB):
        assert await service.user_exists(user) is True
    assert await service.user_exists("nobody@contoso.com") is False
    assert await service.connection_exists(ada.id) is True
    assert await service.connection_exists("nobody") is False
    await service.close_connection(ada.id, reason="one & only")
    await ada.is_closed("one & only")
    await service.close_user_connections(BOB, reason="a user")
    await bob.is_closed("a user")

    async def both_are_gone():
        return not await service.user_exists(ADA) and not await service.user_exists(BOB)

    await until(both_are_gone, "closed users exist")
    options = {} if IS_OLD else {"groups": [GROUP]}
    member = await Client.open(session, service, ADA, **options)
    spared = await Client.open(session, service, BOB, **options)
    if IS_OLD:
        for client in (member, spared):
            await service.add_connection_to_group(GROUP, client.id)
    await service.close_group_connections(GROUP, excluded=[spared.id], reason="a group")
    await member.is_closed("a group")
    last = await Client.open(session, service, ADA)
    await service.close_all_connections(excluded=[spared.id], reason="all")
    await last.is_closed("all")
    await service.close_all_connections(reason="the rest")
    await spared.is_closed("the rest")


class Entra:
    """A credential whose tokens the local service accepts as those of Microsoft Entra ID."""

    def get_token(self, *_scopes, **_options):
        expiry = int(time.time()) + 3600
        claims = {"aud": "https://webpubsub.azure.com", "exp": expiry}
        return AccessToken(jwt.encode(claims, PARTS["AccessKey"], algorithm="HS256"), expiry)


class EntraAio(Entra):
    async def get_token(self, *scopes, **options):
        return super().get_token(*scopes, **options)


async def tokens_of_the_service(session):
    """With such a credential the service signs the tokens of clients."""
    credential = EntraAio() if IS_AIO else Entra()
    service = Service(WebPubSubServiceClient(PARTS["Endpoint"], HUB, credential))
    # The client sends the credential over HTTP only if it is told to.
    client = await Client.open(session, service, ADA, roles=["webpubsub.joinLeaveGroup"], enforce_https=False)
    assert await client.ask({"type": "joinGroup", "group": GROUP}) is True
    await client.socket.close()
    await service.close()


async def main():
    service = Service(WebPubSubServiceClient.from_connection_string(CONNECTION_STRING, hub=HUB))
    async with aiohttp.ClientSession() as session:
        ada = await Client.open(session, service, ADA)
        bob = await Client.open(session, service, BOB)
        await messages(service, ada, bob)
        await filters(service, ada, bob)
        await groups(service, ada, bob)
        await permissions(service, ada)
        await ends(service, session, ada, bob)
        await tokens_of_the_service(session)
    await service.close()
    service.finish()
    print(f"version {VERSION}, {len(service.called)} operations")


asyncio.run(main())
