"""What the programs in Python share. See run.js."""

import os
from urllib.parse import urlsplit

HUB = "strangers"
ROLES = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"]
RECEIVERS = 3
MESSAGES = 300
# Maximum time to wait for anything, in seconds.
PATIENCE = 60


def through_flaky(url):
    """The URL of a client, by way of the network that cuts connections."""
    return urlsplit(url)._replace(netloc=urlsplit(os.environ["FLAKY"]).netloc).geturl()
