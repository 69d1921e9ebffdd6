//! A Socket.IO v5 server for actix.
