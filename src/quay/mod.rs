//! The dialect of the registry: sign-in, features, paging, error shapes.
