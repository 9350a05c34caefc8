#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| properties::Target::find("judge").check_bytes(input));
