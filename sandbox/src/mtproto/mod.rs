//! The MTProto door: what an unmodified Telegram client connects to.
