"""Every operation of the official service client for Python, `azure-messaging-webpubsubservice`, against the local
service: `service.py sync` or `service.py aio`, with `CONNECTION_STRING` in the environment. Runs with the versions of
requirements-1.0.1.txt and requirements-1.3.0.txt. See ../run.js."""

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

if sys.argv[1] == "aio":
    from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient
else:
    from azure.messaging.webpubsubservice import WebPubSubServiceClient

CONNECTION_STRING = os.environ["CONNECTION_STRING"]
PARTS = dict(part.split("=", 1) for part in CONNECTION_STRING.rstrip(";").split(";"))
VERSION = version("azure-messaging-webpubsubservice")
# What came after 1.0.1: filters, groups in tokens, two operations.
IS_NEW = VERSION != "1.0.1"
HUB = "strangers"
# Characters that clients, proxies and Python's yarl escape in different ways.
ADA, BOB = "a.b+c@contoso.com", "o'brien"
BOB_ALONE = "userId eq 'o''brien'"
GROUP = "news & views (1/2) #é"[:21].replace("/", "-")
NOT_OPERATIONS = {"close", "from_connection_string", "send_request"}
PATIENCE = 20


class Service:
    """The client under test. Sync calls run in threads, so that the sockets are read meanwhile."""

    def __init__(self):
        self.client = WebPubSubServiceClient.from_connection_string(CONNECTION_STRING, hub=HUB)
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

    async def list(self, **kwargs):
        """The ids of all connections of a group, over all pages."""
        self.called.add("list_connections")
        pages = self.client.list_connections(**kwargs)
        if hasattr(pages, "__aiter__"):
            return [member.connection_id async for member in pages]
        return await asyncio.to_thread(lambda: [member.connection_id for member in pages])

    async def finish(self):
        """Fails when the client has an operation that was not called."""
        operations = {name for name in dir(self.client) if not name.startswith("_")} - NOT_OPERATIONS
        assert operations == self.called - {"send_request"}, operations ^ self.called
        closed = self.client.close()
        if inspect.isawaitable(closed):
            await closed


class Client:
    """A WebSocket client, which speaks the service's JSON."""

    @classmethod
    async def open(cls, session, service, user, **options):
        token = await service.get_client_access_token(user_id=user, **options)
        self = cls()
        self.socket = await session.ws_connect(token["url"], protocols=["json.webpubsub.azure.v1"])
        connected = await self.frame()
        assert (connected["event"], connected["userId"]) == ("connected", user), connected
        self.id = connected["connectionId"]
        return self

    async def frame(self):
        return json.loads((await self.socket.receive(timeout=PATIENCE)).data)

    async def gets(self, data_type, data, group=None):
        """The next message is this one: nothing else has come before it."""
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


async def until(is_true):
    end = time.monotonic() + PATIENCE
    while not await is_true():
        assert time.monotonic() < end, "it did not become true"
        await asyncio.sleep(0.01)


async def messages(service, ada, bob):
    await service.send_to_all({"to": ["all", 1, None, "é"]})
    await service.send_to_all("text é", content_type="text/plain")
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
    if IS_NEW:
        await service.send_to_all({"only": "bob"}, filter=BOB_ALONE)
        await service.send_to_all({"only": "ada"}, filter=f"userId eq '{ADA}' and not ('x y' in groups)")
        await service.send_to_user(BOB, {"not": "this"}, filter="userId ne 'o''brien'")
        await service.send_to_user(BOB, {"this": "one"}, filter=BOB_ALONE)
        await ada.gets("json", {"only": "ada"})
        await bob.gets("json", {"only": "bob"})
        await bob.gets("json", {"this": "one"})
        await fails(HttpResponseError, 400, service.send_to_all({}, filter="userId eq 'o'brien'"))
    # What the client has no method for, in the same client.
    path = f"/api/hubs/{HUB}/:send?api-version=2022-11-01&filter={quote(BOB_ALONE)}"
    request = HttpRequest("POST", path, content="by request", headers={"Content-Type": "text/plain"})
    assert (await service.send_request(request)).status_code == 202
    await bob.gets("text", "by request")


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
    if IS_NEW:
        await service.send_to_group(GROUP, {"filtered": "bob"}, filter=BOB_ALONE)
        await bob.gets("json", {"filtered": "bob"}, GROUP)
        assert sorted(await service.list(group=GROUP)) == sorted([ada.id, bob.id])
        assert sorted(await service.list(group=GROUP, maxpagesize=1)) == sorted([ada.id, bob.id])
        assert len(await service.list(group=GROUP, top=1)) == 1
        assert await service.list(group="nobody") == []
    await service.remove_connection_from_group(GROUP, ada.id)
    await service.send_to_group(GROUP, "bob is left", content_type="text/plain")
    await bob.gets("text", "bob is left", GROUP)
    await service.remove_user_from_group(GROUP, BOB)
    assert await service.group_exists(GROUP) is False
    await service.remove_user_from_all_groups(ADA)
    assert await service.group_exists("other") is False
    if IS_NEW:
        await service.add_connection_to_group(GROUP, ada.id)
        await service.remove_connection_from_all_groups(ada.id)
        assert await service.group_exists(GROUP) is False
    await fails(ResourceNotFoundError, 404, service.add_connection_to_group(GROUP, "nobody"))
    await fails(ResourceNotFoundError, 404, service.add_user_to_group(GROUP, "nobody@contoso.com"))
    # Nothing has come that should not have.
    for client in (ada, bob):
        await service.send_to_connection(client.id, "the end", content_type="text/plain")
        await client.gets("text", "the end")


async def permissions(service, ada):
    for permission in ("sendToGroup", "joinLeaveGroup"):
        has = lambda: service.has_permission(permission, ada.id, target_name=GROUP)
        assert await has() is False
        await service.grant_permission(permission, ada.id, target_name=GROUP)
        assert await has() is True
        await service.revoke_permission(permission, ada.id, target_name=GROUP)
        assert await has() is False
    await fails(
        ResourceNotFoundError, 404, service.grant_permission("sendToGroup", "nobody", target_name=GROUP)
    )


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

    async def both_gone():
        return not await service.user_exists(ADA) and not await service.user_exists(BOB)

    await until(both_gone)
    options = {"groups": [GROUP]} if IS_NEW else {}
    member = await Client.open(session, service, ADA, **options)
    spared = await Client.open(session, service, BOB, **options)
    if not IS_NEW:
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
    """A credential whose tokens the local service takes for those of Microsoft Entra ID."""

    def get_token(self, *_scopes, **_options):
        expiry = int(time.time()) + 3600
        claims = {"aud": "https://webpubsub.azure.com", "exp": expiry}
        return AccessToken(jwt.encode(claims, PARTS["AccessKey"], algorithm="HS256"), expiry)


class EntraAio(Entra):
    async def get_token(self, *scopes, **options):
        return super().get_token(*scopes, **options)


async def tokens_of_the_service(session):
    """Tokens that the service signs, and a client that connects with one."""
    entra = EntraAio() if sys.argv[1] == "aio" else Entra()
    service = Service()
    service.client = WebPubSubServiceClient(PARTS["Endpoint"], HUB, entra)
    # The client sends such credentials over HTTP only when it is told to.
    client = await Client.open(session, service, ADA, enforce_https=False)
    await client.socket.close()
    closed = service.client.close()
    if inspect.isawaitable(closed):
        await closed


async def main():
    service = Service()
    async with aiohttp.ClientSession() as session:
        ada = await Client.open(session, service, ADA)
        bob = await Client.open(session, service, BOB, roles=["webpubsub.joinLeaveGroup"])
        await messages(service, ada, bob)
        await filters(service, ada, bob)
        await groups(service, ada, bob)
        await permissions(service, ada)
        await ends(service, session, ada, bob)
        await tokens_of_the_service(session)
    await service.finish()
    print(f"version {VERSION}, {len(service.called)} operations")


asyncio.run(main())
