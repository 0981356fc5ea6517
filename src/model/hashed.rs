//! Maps and sets by hash for names, of which a large plan looks up millions.

use foldhash::fast::RandomState;

/// A map with a hash several times as fast as the standard one for short texts; like that, it differs from run to run.
pub type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;

/// A set with the same hash.
pub type HashSet<T> = std::collections::HashSet<T, RandomState>;
