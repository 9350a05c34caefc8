#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| properties::Target::find("endpoint").check_bytes(input));
