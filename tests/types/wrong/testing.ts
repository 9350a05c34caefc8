// What must not compile of the helpers for users' own tests.
import { recordingFetch, signedEvent } from "webpubsub-edge/testing";

// @ts-expect-error an event is signed with a key
signedEvent({ hub: "chat" });
// @ts-expect-error no such option
signedEvent({ hub: "chat", key: "<AccessKey>", user: "ada" });
// @ts-expect-error no such type of data
signedEvent({ hub: "chat", key: "<AccessKey>", dataType: "html" });
// @ts-expect-error a response is a status, a Response or an error
recordingFetch("202");
