#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_proto_fuzz::session(data));
