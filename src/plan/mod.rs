//! Pure planning: compare, order, guard.
