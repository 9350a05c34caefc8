#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| properties::Target::find("next_link").check_bytes(input));
