//! Fetches queries: shared, counted, paged.
