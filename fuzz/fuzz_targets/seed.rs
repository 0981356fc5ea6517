#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quayform::fuzzing::run("seed", bytes));
