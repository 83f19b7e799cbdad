# `just` lists these. Each is one plain command: just itself is a convenience, never needed.

_list:
    @just --list --unsorted

# Play the demo's conversation, then stay up and tell how to join it.
demo *options:
    cargo run -- demo {{ options }}

# Run the node that a configuration describes.
run config="mesh.toml":
    cargo run -- run --config {{ config }}

# Every promise of the project.
test *filter:
    cargo test {{ filter }}

# Telethon, python-telegram-bot, aiogram and grammY against the sandbox and the node; needs Python 3.10 and Node 18.
peers:
    tests/peers/run

fmt:
    cargo fmt --all

lint:
    cargo clippy --all-targets -- -D warnings

# Licences, sources and advisories; needs cargo-deny.
deny:
    cargo deny check

# What has to hold before main moves.
ci:
    .ci/run
