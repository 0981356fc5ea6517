//! What goes wrong by declaration on the way to the embedded registry.

mod file;
mod one_by_one;
mod under_apply;
