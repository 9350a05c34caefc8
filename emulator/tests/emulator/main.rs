//! The emulator through its public face: HTTP, WebSocket, webhooks and the command line; and the layers of its source.

mod command_line;
mod connecting;
mod delivery;
mod filter;
mod handshake;
mod json_client;
mod layers;
mod listing;
mod membership;
mod mqtt_connecting;
mod mqtt_events;
mod mqtt_hostile;
mod mqtt_messages;
mod mqtt_sessions;
mod permissions;
mod rest_errors;
mod rest_tokens;
mod sending;
mod simple_client;
mod slow_handler;
mod support;
mod user_events;
mod webhook_connect;
mod webhook_groups;
mod webhook_retries;
