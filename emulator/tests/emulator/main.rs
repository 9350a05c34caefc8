//! The emulator through its public face: HTTP, WebSocket, webhooks and the command line; and the layers of its source.

mod command_line;
mod config_file;
mod config_reload;
mod connecting;
mod delivery;
mod event_rules;
mod filter;
mod handshake;
mod json_client;
mod layers;
mod listing;
mod membership;
mod permissions;
mod public_endpoint;
mod rest_errors;
mod rest_tokens;
mod sending;
mod simple_client;
mod slow_handler;
mod support;
mod tls;
mod user_events;
mod webhook_connect;
mod webhook_groups;
mod webhook_retries;
