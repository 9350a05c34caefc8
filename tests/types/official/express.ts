// What the documentation of @azure/web-pubsub-express shows, with another import.
import express from "express";
import {
  MqttV500ConnectReasonCode,
  WebPubSubEventHandler,
  type MqttConnectRequest,
  type MqttDisconnectedRequest,
} from "webpubsub-edge";

const allowedEndpoints = ["https://contoso.webpubsub.azure.com", "https://contoso-2.webpubsub.azure.com"];

export function serve(handler: WebPubSubEventHandler) {
  const app = express();
  app.use(handler.getMiddleware());
  return app.listen(3000, () => console.log(`listening at http://localhost:3000${handler.path}`));
}

export const handlers = [
  new WebPubSubEventHandler("chat"),
  new WebPubSubEventHandler("chat", { allowedEndpoints }),
  new WebPubSubEventHandler("chat", { path: "/customPath1" }),

  new WebPubSubEventHandler("chat", {
    handleConnect: (req, res) => {
      console.log(JSON.stringify(req));
      return {};
    },
    onConnected: (req) => {
      console.log(JSON.stringify(req));
    },
    handleUserEvent: (req, res) => {
      console.log(JSON.stringify(req));
      res.success("Hey " + req.data, req.dataType);
    },
    allowedEndpoints,
  }),

  new WebPubSubEventHandler("chat", {
    handleConnect: (req, res) => {
      res.success({
        userId: "<userId>",
      });
    },
    allowedEndpoints,
  }),

  new WebPubSubEventHandler("chat", {
    handleConnect: (req, res) => {
      res.fail(401, "Unauthorized");
      res.failWith({ code: 401, detail: "Unauthorized" });
    },
    allowedEndpoints,
  }),

  new WebPubSubEventHandler("chat", {
    onConnected: (connectedRequest) => {
      console.log(connectedRequest.context.userId);
    },
    onGroupJoined: (groupJoinedRequest) => {
      console.log(`${groupJoinedRequest.context.connectionId} joined ${groupJoinedRequest.group}`);
    },
    onGroupLeft: (groupLeftRequest) => {
      console.log(`${groupLeftRequest.context.connectionId} left ${groupLeftRequest.group}`);
    },
    onDisconnected: (disconnectedRequest) => {
      console.log(disconnectedRequest.reason);
    },
  }),

  new WebPubSubEventHandler("chat", {
    handleConnect: (req, res) => {
      if (req.context.clientProtocol === "mqtt") {
        const mqttRequest = req as MqttConnectRequest;
        console.log(mqttRequest);
        res.success({
          userId: "user1",
          mqtt: { userProperties: [{ name: "a", value: "b" }] },
        });
      } else {
        res.success({
          userId: "user1",
        });
      }
    },
  }),

  new WebPubSubEventHandler("chat", {
    handleConnect: (req, res) => {
      if (req.context.clientProtocol === "mqtt") {
        const mqttRequest = req as MqttConnectRequest;
        console.log(mqttRequest);
        res.fail(401, "Not Authorized");
        res.failWith({ mqtt: { code: MqttV500ConnectReasonCode.NotAuthorized } });
      } else res.success();
    },
  }),

  new WebPubSubEventHandler("chat", {
    onDisconnected: (disconnectedRequest) => {
      if (disconnectedRequest.context.clientProtocol === "mqtt") {
        const mqttRequest = disconnectedRequest as MqttDisconnectedRequest;
        console.log(mqttRequest.mqtt);
      } else {
        console.log(disconnectedRequest);
      }
    },
  }),

  new WebPubSubEventHandler("chat", {
    handleConnect(req, res) {
      res.setState("calledTime", 1);
      res.success();
    },
    handleUserEvent(req, res) {
      const calledTime = req.context.states.calledTime++;
      console.log(calledTime);
      res.setState("calledTime", calledTime);
      res.success();
    },
  }),
];
