#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quayform::fuzzing::run("saved_plan", bytes));
