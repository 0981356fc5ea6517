//! Values in the units that manifests use.

use crate::kinds::quota;
use crate::model::Value;
use crate::model::units::{Bytes, Duration};

/// The value of a kind's field as people write it; a secret is `(secret)`.
pub(crate) fn shown(kind: &str, field: &str, value: &Value) -> String {
    match (kind, field, value) {
        (quota::NAME, "limit", Value::Integer(bytes)) => Bytes::new(*bytes as u64).to_string(),
        (
            _,
            "tag_expiration" | "older_than" | "expiration" | "sync_interval" | "skopeo_timeout",
            Value::Integer(seconds),
        ) => Duration::from_seconds(*seconds as u64).to_string(),
        _ => value.to_string(),
    }
}
