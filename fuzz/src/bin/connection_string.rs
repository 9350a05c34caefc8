#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| properties::Target::find("connection_string").check_bytes(input));
