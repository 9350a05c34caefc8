//! The emulator through its public face: HTTP, WebSocket, webhooks and the command line; and the layers of its source.

mod admin_api;
mod admin_guard;
mod admin_input;
mod clock;
mod command_line;
mod connecting;
mod faults;
mod filter;
mod handshake;
mod json_client;
mod layers;
mod listing;
mod membership;
mod permissions;
mod rest_errors;
mod rest_tokens;
mod sending;
mod simple_client;
mod support;
mod traffic;
mod traffic_secrets;
mod user_events;
mod webhook_connect;
mod webhook_groups;
mod webhook_retries;
