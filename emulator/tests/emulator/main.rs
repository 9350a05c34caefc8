//! The emulator through its public face: HTTP, WebSocket, webhooks and the command line; and the layers of its source.

mod command_line;
mod connecting;
mod delivery;
mod filter;
mod group_states;
mod handshake;
mod json_client;
mod layers;
mod listing;
mod membership;
mod permissions;
mod protobuf_client;
mod reliable_client;
mod rest_errors;
mod rest_tokens;
mod sending;
mod simple_client;
mod slow_handler;
mod streams;
mod support;
mod user_events;
mod webhook_connect;
mod webhook_groups;
mod webhook_retries;
