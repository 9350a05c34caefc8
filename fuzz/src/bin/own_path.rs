#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| properties::Target::find("own_path").check_bytes(input));
